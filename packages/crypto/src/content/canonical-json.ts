import { textOfUtf8 } from "../bytes/bytes.ts";
import { Workspace } from "../bytes/workspace.ts";
import type { Json } from "./content.ts";
import { isAscending, maxJsonDepth } from "./json-order.ts";
import { writeJson } from "./write-json.ts";

const workspace = new Workspace();

/**
 * The one JSON text of a value, as in RFC 8785: keys in the order of their UTF-16 units, no space, numbers and strings as
 * JavaScript writes them. Throws INVALID_VALUE for what JSON would drop or change: `undefined`, NaN, infinities, lone
 * surrogates, functions, dates and other objects with a prototype. -0 is written as 0.
 */
export function canonicalJson(value: Json): string {
  return workspace.use((writer) => {
    writeJson(writer, value);
    return textOfUtf8(writer.bytes.subarray(0, writer.at));
  });
}

/** Whether `canonicalJson` writes this text for the value that was parsed from it. */
export function isCanonicalText(parsed: Json, text: string): boolean {
  // The engine's own writer is faster still, and for a parsed value it differs in three things only: the order of keys, the
  // escapes of lone surrogates, and that it knows no depth.
  if (JSON.stringify(parsed) === text && !text.includes("\\ud") && isOrdered(parsed, 0)) return true;
  try {
    return canonicalJson(parsed) === text;
  } catch {
    return false;
  }
}

function isOrdered(value: Json, depth: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  if (depth >= maxJsonDepth) return false;
  const children: readonly Json[] = Array.isArray(value) ? value : Object.values(value);
  if (!Array.isArray(value) && !isAscending(Object.keys(value))) return false;
  for (const child of children) if (!isOrdered(child, depth + 1)) return false;
  return true;
}
