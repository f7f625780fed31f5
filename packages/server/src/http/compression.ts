import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";

export type Coding = "br" | "gzip";

/** What `Accept-Encoding` allows (RFC 9110, 12.5.3); brotli where both are as welcome, since it costs a third. */
export function codingOf(acceptEncoding: string | undefined): Coding | null {
  if (acceptEncoding === undefined) return null;
  const weights = new Map(acceptEncoding.toLowerCase().split(",").map(readPart));
  const weightOf = (coding: Coding) => weights.get(coding) ?? weights.get("*") ?? 0;
  const best = weightOf("br") >= weightOf("gzip") ? "br" : "gzip";
  return weightOf(best) > 0 && weightOf(best) >= (weights.get("identity") ?? 0) ? best : null;
}

function readPart(part: string): [string, number] {
  const [coding = "", ...parameters] = part.split(";").map((text) => text.trim());
  const weight = parameters.find((parameter) => parameter.startsWith("q="));
  return [coding, weight === undefined ? 1 : Number(weight.slice(2)) || 0];
}

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

/**
 * In a thread of libuv's pool, with room for all of the output: one way there and back. The cheapest levels, as what repeats
 * repeats within a few hundred bytes; higher ones gain a percent for twice the time.
 */
export function compress(body: Buffer, coding: Coding): Promise<Buffer> {
  const chunkSize = body.length + 1024;
  return coding === "br"
    ? brotliAsync(body, { chunkSize, params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })
    : gzipAsync(body, { chunkSize, level: 1, memLevel: 9 }); // a fifth faster than with the usual memory
}
