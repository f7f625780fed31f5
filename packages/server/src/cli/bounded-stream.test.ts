import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { createBoundedStream } from "./bounded-stream.ts";

test("what a stopped reader does not take is kept up to the bound, then dropped, and counted when it reads again", () => {
  const seen: string[] = [];
  const waiting: (() => void)[] = [];
  const target = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      seen.push(chunk);
      waiting.push(done);
    },
  });
  const stream = createBoundedStream(target, 20);
  for (const line of ["one23456\n", "two23456\n", "three\n", "four\n"]) stream.write(line);
  expect(target.writableLength).toBeLessThanOrEqual(20);
  while (waiting.length > 0) waiting.shift()?.();
  stream.write("five\n");
  while (waiting.length > 0) waiting.shift()?.();
  expect(seen).toEqual(["one23456\n", "two23456\n", expect.stringContaining('"dropped":2'), "five\n"]);
});
