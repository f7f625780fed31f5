import { styleText } from "node:util";

const levelNames: Readonly<Record<string, string>> = {
  "10": styleText("gray", "trace"),
  "20": styleText("gray", "debug"),
  "30": styleText("green", "info "),
  "40": styleText("yellow", "warn "),
  "50": styleText("red", "error"),
  "60": styleText("red", "fatal"),
};

/** Turns pino's JSON lines into lines for a person: time, level, message, and what else there is. */
export function createReadableStream(target: { write(text: string): unknown }): { write(line: string): void } {
  return { write: (line) => void target.write(`${toReadable(line)}\n`) };
}

export function toReadable(line: string): string {
  const entry: unknown = JSON.parse(line);
  const { level, time, msg, err, ...rest } = Object.fromEntries(Object.entries(Object(entry)));
  const clock = new Date(Number(time)).toISOString().slice(11, 19);
  const fields = Object.entries(rest).map(([name, value]) => styleText("gray", `${name}=${show(value)}`));
  const head = [styleText("gray", clock), levelNames[String(level)] ?? level, msg, ...fields].filter(Boolean).join(" ");
  return err === undefined ? head : `${head}\n${describeError(err)}`;
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function describeError(error: unknown): string {
  const { stack, message } = Object.fromEntries(Object.entries(Object(error)));
  return String(stack ?? message ?? show(error)).replaceAll(/^/gm, "  ");
}
