import { canonicalJson, type Json } from "@owlivion/sync-crypto";

const utf8 = new TextEncoder();

/** The one way to write a JSON value: equal values give equal bytes. */
export const canonicalBytes = (value: Json): Uint8Array => utf8.encode(canonicalJson(value));
