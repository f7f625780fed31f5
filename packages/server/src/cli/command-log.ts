import type { Log } from "../log.ts";

/** For commands: what goes wrong below them, plainly on standard error; the rest of the log is the server's. */
export const commandLog: Log = {
  debug() {},
  info() {},
  warn: (...parts: unknown[]) => tell(parts),
  error: (...parts: unknown[]) => tell(parts),
};

/** pino's arguments: a message, or fields and then a message. */
function tell(parts: unknown[]): void {
  const message = parts.find((part) => typeof part === "string") ?? "";
  const fields = Object.entries(Object(typeof parts[0] === "string" ? {} : parts[0]));
  const details = fields.map(([name, value]) => `${name}: ${value instanceof Error ? value.message : String(value)}`);
  process.stderr.write(`${String(message)}${details.length === 0 ? "" : ` (${details.join(", ")})`}\n`);
}
