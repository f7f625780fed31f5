import { Encoder } from "cbor-x";
import fc, { type Arbitrary } from "fast-check";
import { uploadedChange } from "./batches.ts";
import type { Operation } from "./api.ts";

interface Schema {
  readonly type?: string;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

/** Values that mean something to the server, by the name of the field or parameter. */
export type Hints = Readonly<Record<string, readonly unknown[]>>;

export interface ArbitraryRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: string | Buffer | null;
  readonly token: "own" | "none" | "garbage";
}

const encoder = new Encoder({ useRecords: false, tagUint8Array: false });
const maxChars = 60;
const hostileValues = [
  null,
  "",
  " ",
  "\u0000",
  "\ud800",
  "😀".repeat(300),
  "' or 1=1 --",
  "../../etc/passwd",
  "%00",
  "__proto__",
  -1,
  0,
  0.5,
  1e308,
  2 ** 53,
  2 ** 31,
  true,
  [],
  {},
  [[[[]]]],
  "2026-03-01T12:00:00Z",
  "9999-12-31T23:59:59.999999+23:59",
  "1970-01-01T00:00:00-23:59",
] as const;

/** Requests to an operation: most fit its schemas, some are broken in one place, some are noise. */
export function arbitraryRequest(operation: Operation, hints: Hints): Arbitrary<ArbitraryRequest> {
  const parametersIn = (place: string) => operation.parameters.filter((parameter) => parameter.in === place);
  const text = (name: string, schema: Schema) =>
    fc.oneof({ weight: 12, arbitrary: valueOf(schema, name, hints) }, { weight: 1, arbitrary: hostile() }).map(asText);
  const path = fc.record(
    Object.fromEntries(parametersIn("path").map(({ name, schema }) => [name, text(name, schema)])),
  );
  const pairs = parametersIn("query").map(({ name, required, schema }) => ({
    name,
    required,
    value: text(name, schema),
  }));
  // One or two at a time: all together exclude each other.
  const query = fc
    .tuple(
      fc.record(Object.fromEntries(pairs.map(({ name, value }) => [name, value]))),
      fc.subarray(pairs, { minLength: Math.min(1, pairs.length), maxLength: Math.min(2, pairs.length) }),
    )
    .map(([values, chosen]) => {
      const names = new Set([...pairs.filter(({ required }) => required === true), ...chosen].map(({ name }) => name));
      return Object.fromEntries(Object.entries(values).filter(([name]) => names.has(name)));
    });
  const strangeQuery = fc.dictionary(fc.string({ maxLength: 12 }), fc.string({ maxLength: 20 }), { maxKeys: 2 });
  const body = operation.body === null ? fc.constant(null) : arbitraryBody(operation.body, hints);
  const isUpload = operation.path.endsWith("/delta") && operation.method === "POST";
  return fc
    .record({
      path,
      query,
      strangeQuery: fc.oneof({ weight: 15, arbitrary: fc.constant({}) }, { weight: 1, arbitrary: strangeQuery }),
      headers: arbitraryHeaders(hints),
      body,
      isCbor: isUpload ? fc.boolean() : fc.constant(false),
      noise: fc.oneof(
        { weight: 15, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
      ),
      token: fc.oneof(
        { weight: 20, arbitrary: fc.constant("own" as const) },
        { weight: 1, arbitrary: fc.constantFrom("none" as const, "garbage" as const) },
      ),
    })
    .map(({ path: values, query: chosen, strangeQuery: strange, headers, body: value, isCbor, noise, token }) => {
      const route = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(values[name] ?? ""),
      );
      const search = new URLSearchParams({ ...chosen, ...strange }).toString();
      const payload =
        operation.body === null ? null : (noise ?? (isCbor ? encoder.encode(toBytes(value)) : JSON.stringify(value)));
      return {
        url: search === "" ? route : `${route}?${search}`,
        headers: {
          ...(payload === null ? {} : { "content-type": isCbor ? "application/cbor" : "application/json" }),
          ...headers,
        },
        payload: payload ?? null,
        token,
      };
    });
}

/** A body that fits, or one with one thing wrong, or any JSON. */
function arbitraryBody(schema: Schema, hints: Hints): Arbitrary<unknown> {
  const fitting = valueOf(schema, "", hints);
  const broken = fc.tuple(fitting, fc.nat(), fc.constantFrom("replace", "remove", "add"), hostile()).map(breakOne);
  return fc.oneof(
    { weight: 9, arbitrary: fitting },
    { weight: 5, arbitrary: broken },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  );
}

function breakOne([value, at, how, other]: [unknown, number, string, unknown]): unknown {
  const copy = structuredClone(value);
  const places: [object, string][] = [];
  const visit = (one: unknown) => {
    if (typeof one !== "object" || one === null) return;
    for (const name of Object.keys(one)) {
      places.push([one, name]);
      visit((one as Record<string, unknown>)[name]);
    }
  };
  visit(copy);
  const place = places[at % Math.max(1, places.length)];
  if (place === undefined) return other;
  const [holder, name] = place as [Record<string, unknown>, string];
  if (how === "remove") delete holder[name];
  else if (how === "add")
    Object.defineProperty(holder, at % 2 === 0 ? "__proto__" : "unknown", { value: other, enumerable: true });
  else holder[name] = other;
  return copy;
}

function valueOf(schema: Schema, name: string, hints: Hints): Arbitrary<unknown> {
  const free = freeValueOf(schema, name, hints);
  const hinted = hints[name];
  if (hinted === undefined || hinted.length === 0) return free;
  return fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...hinted) }, { weight: 1, arbitrary: free });
}

function freeValueOf(schema: Schema, name: string, hints: Hints): Arbitrary<unknown> {
  if (name === "changes") return arbitraryChanges(valueOf(schema.items ?? {}, "", hints), hints);
  if (schema.anyOf !== undefined) return fc.oneof(...schema.anyOf.map((one) => valueOf(one, name, hints)));
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  switch (schema.type) {
    case "string":
      return stringOf(schema);
    case "integer":
    case "number": {
      const { minimum = Number.MIN_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = schema;
      return fc.oneof(
        fc.integer({ min: minimum, max: Math.max(minimum, Math.min(maximum, 200)) }),
        fc.constantFrom(minimum, maximum),
      );
    }
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(valueOf(schema.items ?? {}, name, hints), { minLength: schema.minItems ?? 0, maxLength: 4 });
    case "object": {
      const properties = Object.entries(schema.properties ?? {});
      return fc.record(Object.fromEntries(properties.map(([key, one]) => [key, valueOf(one, key, hints)])), {
        requiredKeys: [...(schema.required ?? [])],
      });
    }
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

/** Most of them real, with the right checksum: noise alone would never get beyond the first check. */
function arbitraryChanges(any: Arbitrary<unknown>, hints: Hints): Arbitrary<unknown[]> {
  const real = fc
    .record({
      id: fc.oneof(
        fc.constantFrom(...((hints["record_id"] ?? ["a"]) as string[])),
        fc.string({ minLength: 1, maxLength: 40 }),
      ),
      type: fc.constantFrom("insert" as const, "update" as const, "delete" as const),
      text: fc.string({ minLength: 1, maxLength: 50, unit: "grapheme" }),
      base: fc.option(fc.nat({ max: 20 }), { nil: undefined }),
      at: fc.option(fc.constantFrom(...((hints["client_timestamp"] ?? ["2026-03-01T12:00:00Z"]) as string[])), {
        nil: undefined,
      }),
    })
    .map(({ base, at, ...change }) =>
      uploadedChange({
        ...change,
        text: `${String(hints["text"]?.[0] ?? "")}${change.text}`,
        ...(base === undefined ? {} : { base }),
        ...(at === undefined ? {} : { at }),
      }),
    );
  return fc.oneof(
    { weight: 3, arbitrary: fc.array(real, { minLength: 1, maxLength: 5 }) },
    { weight: 1, arbitrary: fc.array(fc.oneof(real, any), { maxLength: 4 }) },
  );
}

function stringOf({ pattern, format, minLength = 0, maxLength = maxChars, examples = [] }: Schema): Arbitrary<string> {
  const limit = Math.max(minLength, Math.min(maxLength, maxChars));
  const free =
    format === "byte"
      ? fc
          .uint8Array({
            minLength: Math.floor(minLength / 4) * 3 - (minLength === 44 ? 1 : 0),
            maxLength: Math.floor(limit / 4) * 3,
          })
          .map((bytes) => Buffer.from(bytes).toString("base64"))
      : pattern !== undefined
        ? fc.stringMatching(new RegExp(pattern, "u"))
        : fc.string({ minLength, maxLength: limit, unit: "grapheme" });
  return examples.length === 0 ? free : fc.oneof(fc.constantFrom(...examples.map(String)), free);
}

function hostile(): Arbitrary<unknown> {
  return fc.constantFrom<unknown>(...hostileValues);
}

function arbitraryHeaders(hints: Hints): Arbitrary<Record<string, string>> {
  const ascii = fc.string({ maxLength: 20 });
  const strange = fc.record(
    {
      "idempotency-key": fc.oneof(fc.constantFrom("k1", "k2", "", "x".repeat(200)), ascii),
      accept: fc.constantFrom(
        "application/cbor",
        "application/json",
        "*/*",
        "text/html",
        "application/cbor;q=0.5, */*",
        ",",
      ),
      "content-type": fc.constantFrom(
        "application/json",
        "application/cbor",
        "text/plain",
        "multipart/form-data",
        "x",
        ";",
      ),
      "owlivion-password": ascii,
      "x-forwarded-for": fc.constantFrom("10.0.0.1", "not an address"),
    },
    { requiredKeys: [] },
  );
  const right = fc.constantFrom(...(hints["owlivion-password"] ?? [""]).map(String));
  return fc.oneof(
    { weight: 3, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: right.map((secret) => ({ "owlivion-password": secret })) },
    { weight: 1, arbitrary: strange },
  );
}

function asText(value: unknown): string {
  return (typeof value === "string" ? value : (JSON.stringify(value) ?? "")).toWellFormed();
}

/** The CBOR form of a body: base64 as byte strings. */
function toBytes(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toBytes);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [
      name,
      /^(encrypted_record|record_nonce|record_checksum)$/.test(name) && typeof field === "string"
        ? Buffer.from(field, "base64")
        : toBytes(field),
    ]),
  );
}
