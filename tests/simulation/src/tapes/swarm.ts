import { disturbanceKinds, type DisturbanceKind } from "./disturbances.ts";
import type { Rates } from "./fault-tape.ts";
import { operationWeights, type OperationKind } from "./operations.ts";
import type { Random } from "./random.ts";

/** What a seed's world knows at all. Faults that are always on hide bugs. */
export interface Swarm {
  readonly network: Rates;
  readonly statement: Rates;
  readonly store: Rates;
  readonly disturbances: readonly DisturbanceKind[];
  readonly operations: readonly OperationKind[];
  readonly hasStrangers: boolean;
  readonly hasWrongClocks: boolean;
  readonly liveShare: number;
  /** Of a message, on average. */
  readonly latencyMs: number;
  /** Between two operations, at most. */
  readonly paceMs: number;
  /** Whether the server's statements take time, so that requests interleave. */
  readonly hasSlowStatements: boolean;
  /** Whether the device's transactions take time. */
  readonly hasSlowStore: boolean;
}

/** The most that a kind of fault may happen, at each of its places. */
const most = {
  network: {
    requestLost: 0.15,
    replyLost: 0.15,
    duplicate: 0.25,
    duplicateLate: 0.1,
    clog: 0.15,
    hang: 0.03,
    truncated: 0.05,
    badGateway: 0.06,
    tooMany: 0.03,
    portal: 0.04,
    redirect: 0.03,
    cutUpload: 0.05,
  },
  statement: {
    serialization: 0.02,
    deadlock: 0.02,
    "lock-timeout": 0.02,
    "statement-timeout": 0.02,
    "connection-lost": 0.02,
    "commit-unknown": 0.03,
    "disk-full": 0.01,
    "read-only": 0.01,
    crash: 0.02,
    "pool-exhausted": 0.02,
  },
  store: { crash: 0.006, commitLost: 0.006, commitKept: 0.006, full: 0.01, unreadable: 0.004, slow: 0.05 },
} as const satisfies Record<string, Rates>;

export function swarmOf(random: Random): Swarm {
  const isCalm = random.chance(0.08);
  const some = (rates: Rates, share: number): Rates => {
    if (isCalm || random.chance(0.25)) return {};
    const scale = random.fraction();
    return Object.fromEntries(
      Object.entries(rates).flatMap(([kind, rate]): [string, number][] =>
        random.chance(share) ? [[kind, rate * scale]] : [],
      ),
    );
  };
  return {
    network: some(most.network, 0.45),
    statement: random.chance(0.5) ? some(most.statement, 0.4) : {},
    store: random.chance(0.5) ? some(most.store, 0.5) : {},
    disturbances: isCalm || random.chance(0.2) ? [] : disturbanceKinds.filter(() => random.chance(0.16)),
    operations: (Object.keys(operationWeights) as OperationKind[]).filter(
      (kind) => kind === "edit" || kind === "syncNow" || random.chance(0.7),
    ),
    hasStrangers: random.chance(0.2),
    hasWrongClocks: random.chance(0.5),
    liveShare: random.pick([0, 0.5, 1, 1]),
    latencyMs: random.pick([1, 30, 100, 800]),
    paceMs: random.pick([200, 3_000, 10_000]),
    hasSlowStatements: random.chance(0.5),
    hasSlowStore: random.chance(0.3),
  };
}
