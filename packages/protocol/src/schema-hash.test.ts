import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import Type from "typebox";
import { expect, test } from "vitest";
import * as protocol from "./index.ts";

const hashes: Record<string, string> = JSON.parse(readFileSync(new URL("schema-hashes.json", import.meta.url), "utf8"));

test("the wire does not change without a new protocol version", () => {
  const { major, minor } = protocol.protocolVersion;
  const actual = hashSchemas();
  expect(
    actual,
    `The schemas changed. Raise protocolVersion in version.ts (minor: a field more; major: anything else) and add ` +
      `its line to schema-hashes.json: "<major>.<minor>": "${actual}". The line of a version that was released stays.`,
  ).toBe(hashes[`${major}.${minor}`]);
});

test("what only describes is not part of the hash", () => {
  const plain = Type.Object({ a: Type.String({ maxLength: 3 }) });
  const described = Type.Object(
    { a: Type.String({ description: "A", examples: ["x"], maxLength: 3 }) },
    { title: "T" },
  );
  expect(canonical(described)).toEqual(canonical(plain));
  expect(canonical(Type.Object({ a: Type.String({ maxLength: 4 }) }))).not.toEqual(canonical(plain));
});

function hashSchemas(): string {
  const schemas = Object.entries(protocol)
    .filter(([, value]) => Type.IsSchema(value))
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  expect(schemas.length).toBeGreaterThan(50);
  const text = JSON.stringify(schemas.map(([name, schema]) => [name, canonical(schema)]));
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

const describing = new Set(["description", "examples", "title"]);

/** Without what only describes, and with the properties in one order; `properties` may have names like that. */
function canonical(value: unknown, isNames = false): unknown {
  if (Array.isArray(value)) return value.map((item) => canonical(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .filter(([key]) => isNames || !describing.has(key))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, canonical(item, key === "properties" && !isNames)]);
}
