/** When and where a value was written: a hybrid logical clock and the device that breaks ties. Never shown as a date. */
export interface Stamp {
  /** Milliseconds of the corrected clock, 0 to 2^48-1. */
  readonly wallMs: number;
  /** Counts what happened within the millisecond, 0 to 65535. */
  readonly counter: number;
  /** A UUID in lower case. */
  readonly device: string;
}

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

/** A record's values. A removed field is `null`, so that it keeps its stamp; a field without a stamp is a default. */
export interface PutContent {
  readonly kind: "put";
  /** The version of the application's schema, 0 to 65535. */
  readonly schema: number;
  readonly fields: JsonObject;
  readonly stamps: Readonly<Record<string, Stamp>>;
}

/** A deletion. `confirmation` names the mass deletion that a person confirmed. */
export interface TombstoneContent {
  readonly kind: "tombstone";
  readonly schema: number;
  readonly stamp: Stamp;
  readonly confirmation: string | null;
}

export type Content = PutContent | TombstoneContent;
