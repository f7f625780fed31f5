import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { median } from "./measure.ts";

export interface Row {
  readonly name: string;
  readonly raw: readonly number[];
  readonly json: readonly number[];
  readonly cbor: readonly number[];
  /** Bytes on the wire for one change: of the request for an upload, of the reply for a download. */
  readonly wire: { readonly json: number; readonly cbor: number };
  /** The ratio JSON must not exceed. */
  readonly goal?: number;
}

const ms = (values: readonly number[]) => median(values).toFixed(2);
const ratio = (values: readonly number[], raw: readonly number[]) => (median(values) / median(raw)).toFixed(2);

/** Prints the table of ratios and writes it. */
export function report(rows: readonly Row[], extra: readonly string[], postgres: string): void {
  const lines = [
    "# Benchmark",
    "",
    `Node ${process.version}, PostgreSQL ${postgres} (embedded, fsync on), ${cpus().length} cores shared by client, server and`,
    "PostgreSQL. Medians in milliseconds of interleaved rounds after a warm-up; × is the ratio to the raw statement in the same run. HTTP",
    "times end when the whole reply is there; the client's encoding and decoding are left out. Made by `npm run bench`.",
    "",
    "| case | raw | JSON | × | goal | CBOR | × | bytes a change, JSON | CBOR |",
    "|---|---|---|---|---|---|---|---|---|",
    ...rows.map(
      ({ name, raw, json, cbor, wire, goal }) =>
        `| ${name} | ${ms(raw)} | ${ms(json)} | ${ratio(json, raw)} | ${goal === undefined ? "" : `≤ ${goal}`} | ${ms(cbor)} | ${ratio(cbor, raw)} | ${wire.json.toFixed(0)} | ${wire.cbor.toFixed(0)} |`,
    ),
    "",
    ...extra,
    "",
  ];
  const text = lines.join("\n");
  console.log(text);
  writeFileSync(new URL("../results/server.md", import.meta.url), text);
}
