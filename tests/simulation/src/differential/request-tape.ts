import { Random } from "../tapes/random.ts";

export interface TapedChange {
  readonly id: string;
  readonly kind: "insert" | "update" | "delete";
  /** What it seals; null: a deletion without an envelope. */
  readonly text: string | null;
  /** Sends what was last sent of the record, whoever sent it; a deletion is not sent again so. */
  readonly isAgain: boolean;
  /** Seconds since the edit; null: none is told. */
  readonly age: number | null;
  /** Compare and set against the newest version known, minus this; null: last write wins. */
  readonly staleness: number | null;
}

/** Indexes count backwards from the newest of what the player has seen; what it has not seen is the beginning. */
export type TapedRequest = { readonly device: number; readonly dataType: string } & (
  | {
      readonly do: "push";
      readonly changes: readonly TapedChange[];
      readonly key: string | null;
      readonly cursor: number | null;
      readonly epoch: number;
    }
  | { readonly do: "pull"; readonly cursor: number | null; readonly limit: number; readonly tombstones: boolean }
  | { readonly do: "since" | "deleted"; readonly time: number; readonly limit: number; readonly offset: number }
  | { readonly do: "asOf"; readonly version: number; readonly limit: number }
  | { readonly do: "history"; readonly id: string; readonly limit: number }
  | { readonly do: "proof"; readonly behind: number; readonly epoch: number }
  | { readonly do: "status" | "devices" | "refresh" | "login" }
);

export type Step =
  | { readonly do: "requests"; readonly requests: readonly (TapedRequest & { readonly atMs: number })[] }
  | { readonly do: "wait"; readonly ms: number }
  | { readonly do: "cleanup" | "restart" | "backup" | "loseBatch" }
  | { readonly do: "restore"; readonly mode: "command" | "new-cluster" | "same-cluster" }
  | { readonly do: "quota"; readonly records: number }
  | { readonly do: "revoke"; readonly device: number };

const ids = ["a", "b", "c", "d"];
const dayMs = 86_400_000;

/** What three devices and an operator ask of a server, from a seed; some of it at once. */
export function makeRequestTape(seed: number): readonly Step[] {
  const random = new Random(seed, "requests");
  const steps: Step[] = [];
  const hasOperator = random.chance(0.4);
  const hasRetention = random.chance(0.4);
  for (let left = 8 + random.below(20); left > 0; left -= 1) {
    steps.push({ do: "requests", requests: requestsOf(random) });
    if (hasOperator && random.chance(0.2)) steps.push(operation(random));
    if (hasRetention && random.chance(0.4)) {
      steps.push({ do: "wait", ms: (1 + random.below(60)) * dayMs }, { do: "cleanup" });
    }
  }
  return steps;
}

function requestsOf(random: Random): (TapedRequest & { atMs: number })[] {
  const count = random.pick([1, 1, 2, 4]);
  return Array.from({ length: count }, () => ({ ...requestOf(random), atMs: random.below(4) }));
}

function requestOf(random: Random): TapedRequest {
  const who = { device: random.below(3), dataType: random.pick(["contacts", "contacts", "preferences"]) };
  const limit = 1 + random.below(6);
  const draw = random.below(100);
  if (draw < 45) {
    const isPlain = random.chance(0.4);
    return {
      ...who,
      do: "push",
      changes: Array.from({ length: 1 + random.below(4) }, () => changeOf(random, isPlain)),
      key: random.chance(0.6) ? random.pick(["k", "l", "m", "n"]) : null,
      cursor: random.chance(0.4) ? random.below(4) : null,
      epoch: random.chance(0.9) ? 0 : 1,
    };
  }
  if (draw < 68) {
    const cursor = random.chance(0.7) ? random.below(5) : null;
    return { ...who, do: "pull", cursor, limit, tombstones: random.chance(0.5) };
  }
  if (draw < 78) {
    const kind = random.pick(["since", "deleted"] as const);
    return { ...who, do: kind, time: random.below(12), limit, offset: random.below(4) };
  }
  if (draw < 83) return { ...who, do: "asOf", version: random.below(12), limit };
  if (draw < 88) return { ...who, do: "history", id: random.pick(ids), limit };
  if (draw < 92) return { ...who, do: "proof", behind: random.pick([0, 0, 1]), epoch: random.pick([0, 0, 1]) };
  return { ...who, do: random.pick(["status", "status", "devices", "refresh", "login"] as const) };
}

function changeOf(random: Random, isPlain: boolean): TapedChange {
  const kind = random.pick(["insert", "update", "update", "delete"] as const);
  const text = kind === "delete" && random.chance(0.5) ? null : "x".repeat(1 + random.below(5)) + random.below(3);
  return {
    id: random.pick(ids),
    kind,
    text,
    isAgain: random.chance(0.2),
    age: random.chance(0.5) ? random.below(5_000) - 600 : null,
    staleness: isPlain ? null : random.pick([0, 0, 0, 1, 100]),
  };
}

function operation(random: Random): Step {
  const kind = random.pick([
    "restart",
    "backup",
    "backup",
    "restore",
    "restore",
    "loseBatch",
    "quota",
    "revoke",
  ] as const);
  if (kind === "restore") {
    return { do: kind, mode: random.pick(["command", "new-cluster", "same-cluster"] as const) };
  }
  if (kind === "quota") return { do: kind, records: random.pick([2, 4, 1_000]) };
  if (kind === "revoke") return { do: kind, device: random.below(3) };
  return { do: kind };
}
