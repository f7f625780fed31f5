import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { codingOf, compress } from "./compression.ts";

test.each([
  [undefined, null],
  ["", null],
  ["gzip", "gzip"],
  ["GZIP", "gzip"],
  ["br", "br"],
  ["gzip, deflate", "gzip"],
  ["gzip, deflate, br, zstd", "br"],
  ["br;q=0.5, gzip", "gzip"],
  ["br;q=0.5,gzip ; q=0.4", "br"],
  ["*", "br"],
  ["br;q=0, *", "gzip"],
  ["gzip;q=0, br;q=0, *", null],
  ["*;q=0", null],
  ["identity", null],
  ["identity, gzip;q=0.5", null],
  ["identity;q=0.5, gzip", "gzip"],
  ["gzip, identity", "gzip"],
  ["deflate, zstd, compress", null],
  ["gzip;q=0", null],
  ["gzip;q=0.000", null],
  ["gzip;q=nonsense", null],
  [",;,q=1,", null],
])("Accept-Encoding: %s is answered with %s", (header, coding) => {
  expect(codingOf(header)).toBe(coding);
});

test("what is compressed comes back, also when it grows", async () => {
  for (const body of [Buffer.alloc(0), crypto.getRandomValues(Buffer.alloc(60_000)), Buffer.alloc(1_000_000, "ab")]) {
    expect(gunzipSync(await compress(body, "gzip")).equals(body)).toBe(true);
    expect(brotliDecompressSync(await compress(body, "br")).equals(body)).toBe(true);
  }
});
