import type { Writable } from "node:stream";

const defaultMaxBytes = 1024 * 1024;

/**
 * Lines for a reader who may stop reading (a stuck log collector, a stopped pager): what it does not take is kept up to a
 * bound, then lines are dropped, and the first one taken again is preceded by how many. Never blocks, never fails.
 */
export function createBoundedStream(
  target: Pick<Writable, "write" | "writableLength">,
  maxBytes: number = defaultMaxBytes,
): { write(line: string): void } {
  let dropped = 0;
  return {
    write(line) {
      if (target.writableLength + line.length > maxBytes) {
        dropped++;
        return;
      }
      if (dropped > 0) {
        target.write(`${JSON.stringify({ level: 40, time: Date.now(), dropped, msg: "log lines were dropped" })}\n`);
        dropped = 0;
      }
      target.write(line);
    },
  };
}
