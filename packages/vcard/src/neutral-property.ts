import type { VcardProperty } from "@owlivion/sync-client/data-types";
import { unescapeText } from "./text-value.ts";

export type VcardVersion = "3.0" | "4.0";

type Params = { readonly [name: string]: readonly string[] };

/** Properties whose preferred one is marked by TYPE=pref in 3.0, by PREF=1 in 4.0. */
const itemNames = new Set(["EMAIL", "TEL", "ADR", "URL"]);
/** Embedded data: ENCODING=b in 3.0, a data: URI in 4.0. */
const dataNames: ReadonlyMap<string, string> = new Map([
  ["PHOTO", "image"],
  ["LOGO", "image"],
  ["SOUND", "audio"],
  ["KEY", "application"],
]);
/** What VALUE may say without saying anything new. */
const plainValueTypes: ReadonlyMap<string, RegExp> = new Map([
  ...["FN", "N", "NICKNAME", "ORG", "TITLE", "ROLE", "NOTE", "CATEGORIES", "EMAIL", "ADR"].map(
    (name) => [name, /^text$/] as const,
  ),
  ["TEL", /^(?:text|phone-number)$/],
  ["URL", /^(?:uri|url|text)$/],
  ["UID", /^(?:uri|text)$/],
  ["PHOTO", /^(?:uri|url|binary)$/],
  ["LOGO", /^(?:uri|url|binary)$/],
  ["SOUND", /^(?:uri|url|binary)$/],
  ["KEY", /^(?:uri|url|binary)$/],
  ["BDAY", /^(?:date|date-time|date-and-or-time)$/],
]);

/** A property as neither version writes it but both mean it, so that a record does not depend on the version it came in. */
export function toNeutral(given: VcardProperty): VcardProperty {
  const property = given.name === "X-MS-CARDPICTURE" ? { ...given, name: "PHOTO" } : given;
  const { name, value } = property;
  let neutral = property;
  if (itemNames.has(name)) neutral = neutralTypes(neutral);
  if (dataNames.has(name)) neutral = neutralData(neutral, dataNames.get(name)!);
  if (name === "BDAY") neutral = neutralBirthday(neutral);
  const valueType = neutral.params?.["VALUE"]?.[0]?.toLowerCase() ?? "";
  if (name === "TEL" && valueType === "uri" && /^tel:/i.test(value)) {
    return { ...withParams(neutral, { VALUE: [] }), value: value.slice("tel:".length) };
  }
  return plainValueTypes.get(name)?.test(valueType) === true ? withParams(neutral, { VALUE: [] }) : neutral;
}

/** The way back: as the version wants it. */
export function toVersion(property: VcardProperty, version: VcardVersion): VcardProperty {
  const { name, value, params = {} } = property;
  // What names a type of its own is written as it came.
  if (("VALUE" in params || "ENCODING" in params) && !itemNames.has(name)) return property;
  if (version === "4.0") {
    if (name === "BDAY") return { ...property, value: basicDate(value) };
    if (name === "UID" && !/^[a-z][a-z0-9+.-]*:/i.test(value)) return withParams(property, { VALUE: ["text"] });
    return property;
  }
  if (itemNames.has(name)) {
    const isPreferred = params["PREF"]?.[0] === "1";
    const more = [...(name === "EMAIL" ? ["internet"] : []), ...(isPreferred ? ["pref"] : [])];
    return withParams(property, { TYPE: [...(params["TYPE"] ?? []), ...more], ...(isPreferred ? { PREF: [] } : {}) });
  }
  if (name === "BDAY" && value.startsWith("--")) {
    // A year is obligatory in 3.0; this one is how address books say that there is none.
    return { ...withParams(property, { "X-APPLE-OMIT-YEAR": ["1604"] }), value: `1604-${value.slice(2)}` };
  }
  return dataNames.has(name) ? encodedData(property, dataNames.get(name)!) : property;
}

/** The property with other parameters; a list without items takes its parameter away. */
export function withParams({ params, ...rest }: VcardProperty, changes: Params): VcardProperty {
  const entries = Object.entries({ ...params, ...changes }).filter(([, values]) => values.length > 0);
  return entries.length === 0 ? rest : { ...rest, params: Object.fromEntries(entries) };
}

function neutralTypes(property: VcardProperty): VcardProperty {
  const { name, params = {} } = property;
  const types = [...new Set((params["TYPE"] ?? []).map((type) => type.toLowerCase()))];
  const said = types.filter((type) => type !== "pref" && !(name === "EMAIL" && type === "internet"));
  return withParams(property, {
    TYPE: said,
    ...(types.includes("pref") && !("PREF" in params) ? { PREF: ["1"] } : {}),
  });
}

function neutralData(property: VcardProperty, kind: string): VcardProperty {
  const { params = {}, value } = property;
  const encoding = params["ENCODING"]?.[0] ?? "";
  if (!/^(?:b|base64)$/i.test(encoding)) return property;
  const types = params["TYPE"] ?? [];
  const type = types.find((one) => !/^(?:pref|home|work)$/i.test(one));
  const otherTypes = types.filter((one) => one !== type);
  const data = value.replaceAll(/\s+/g, "");
  if (!/^[A-Za-z0-9+/=]+$/.test(data)) return property;
  const mediaType = `${kind}/${type?.toLowerCase() ?? guessSubtype(data)}`;
  return { ...withParams(property, { ENCODING: [], TYPE: otherTypes }), value: `data:${mediaType};base64,${data}` };
}

function encodedData(property: VcardProperty, kind: string): VcardProperty {
  const { params = {}, value } = property;
  const match = /^data:([a-z]+)\/([^;,A-Z]+);base64,([A-Za-z0-9+/=]*)$/.exec(value);
  if (match === null || match[1] !== kind)
    return /^[a-z][a-z0-9+.-]*:/i.test(value) ? withParams(property, { VALUE: ["uri"] }) : property;
  const types = [match[2]!.toUpperCase(), ...(params["TYPE"] ?? [])];
  return { ...withParams(property, { ENCODING: ["b"], TYPE: types }), value: match[3]! };
}

function guessSubtype(base64: string): string {
  if (base64.startsWith("/9j/")) return "jpeg";
  if (base64.startsWith("iVBOR")) return "png";
  if (base64.startsWith("R0lGOD")) return "gif";
  return base64.startsWith("UklGR") ? "webp" : "octet-stream";
}

function neutralBirthday(property: VcardProperty): VcardProperty {
  const date = /^(\d{4}|-)-?(\d\d)-?(\d\d)(?:T00(?::?00(?::?00)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/i.exec(
    unescapeText(property.value).trim(),
  );
  if (date === null) return property;
  const omitted = property.params?.["X-APPLE-OMIT-YEAR"]?.[0];
  const day = `${date[2]!}-${date[3]!}`;
  if (omitted !== date[1]) return { ...property, value: `${date[1]!}-${day}` };
  return { ...withParams(property, { "X-APPLE-OMIT-YEAR": [] }), value: `--${day}` };
}

const basicDate = (value: string): string =>
  /^\d{4}-\d\d-\d\d$/.test(value) ? value.replaceAll("-", "") : value.replace(/^--(\d\d)-(\d\d)$/, "--$1$2");
