import { parseArgs } from "node:util";

export interface CliOptions {
  readonly seeds: number;
  readonly from: number;
  readonly store: "memory" | "postgres";
  readonly mix: "small" | "mixed";
  readonly workers: number;
  readonly replay: string | null;
  readonly isShrunk: boolean;
  readonly isLedgered: boolean;
  readonly maxFailures: number;
  /** Of a worker: which of them it is. */
  readonly worker: number | null;
  readonly isQuiet: boolean;
}

export const usage = `npm run sim -- [options]

  --seeds N             how many (1000)
  --from S              the first (1)
  --store memory|postgres
  --size small|mixed    mixed: 70 % small worlds, 25 % medium, 5 % large (small)
  --workers N           processes (2)
  --shrink              makes each failure as small as it goes
  --max-failures N      stops after so many (10)
  --replay FILE         plays a saved failure again, with its trace; --shrink makes it smaller
  --ledger              writes the run into LEDGER.md
  --quiet               no counts of faults
`;

export function readOptions(args: readonly string[]): CliOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seeds: { type: "string", default: "1000" },
      from: { type: "string", default: "1" },
      store: { type: "string", default: "memory" },
      size: { type: "string", default: "small" },
      workers: { type: "string", default: "2" },
      replay: { type: "string" },
      shrink: { type: "boolean", default: false },
      ledger: { type: "boolean", default: false },
      "max-failures": { type: "string", default: "10" },
      worker: { type: "string" },
      quiet: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const isKnown = ["memory", "postgres"].includes(values.store) && ["small", "mixed"].includes(values.size);
  if (values.help || !isKnown) return null;
  return {
    seeds: Number(values.seeds),
    from: Number(values.from),
    store: values.store as CliOptions["store"],
    mix: values.size as CliOptions["mix"],
    workers: Number(values.workers),
    replay: values.replay ?? null,
    isShrunk: values.shrink,
    isLedgered: values.ledger,
    maxFailures: Number(values["max-failures"]),
    worker: values.worker === undefined ? null : Number(values.worker),
    isQuiet: values.quiet,
  };
}
