import { disturbanceKinds, type Disturbance, type DisturbanceKind } from "./disturbances.ts";
import { operationWeights, type Operation, type OperationKind } from "./operations.ts";
import { Random } from "./random.ts";
import { swarmOf, type Swarm } from "./swarm.ts";

export type Size = "small" | "medium" | "large";

export interface DeviceSetup {
  /** Whose it is, by the number of the account. */
  readonly account: number;
  readonly skewMs: number;
  readonly driftPpm: number;
  /** Whether the app syncs by itself from the start. */
  readonly isLive: boolean;
}

/** The workload tape, whole before the world begins: who there is and what they do. */
export interface Workload {
  readonly devices: readonly DeviceSetup[];
  /** How many records the persons fight about. */
  readonly hotRecords: number;
  readonly operations: readonly Operation[];
}

/** What the schedule and fault tape draws from: how likely what is, and what happens to the world at which time. */
export interface Weather {
  readonly swarm: Swarm;
  readonly disturbances: readonly Disturbance[];
}

export interface Plan {
  readonly seed: number;
  readonly size: Size;
  readonly workload: Workload;
  readonly weather: Weather;
}

/** What every world of a hunt has, whatever its swarm says. */
export interface Focus {
  readonly operations?: readonly OperationKind[];
  readonly disturbances?: readonly DisturbanceKind[];
  readonly network?: readonly string[];
}

const sizes = {
  small: { devices: [2, 3], operations: [5, 30], hotRecords: 3, disturbances: 4 },
  medium: { devices: [5, 10], operations: [200, 500], hotRecords: 6, disturbances: 20 },
  large: { devices: [25, 40], operations: [1500, 2500], hotRecords: 12, disturbances: 60 },
} as const;

export function makePlan(seed: number, mix: "small" | "mixed", focus: Focus = {}): Plan {
  const random = new Random(seed, "plan");
  const size = mix === "small" ? "small" : sizeOf(random.fraction());
  const range = sizes[size];
  const swarm = focused(swarmOf(random), focus);
  const count = between(random, range.devices);
  const devices = Array.from({ length: count }, (_, i) => setUpDevice(random, swarm, i));
  const { operations, endMs } = operate(random, swarm, { count, length: between(random, range.operations) });
  const disturbances = disturb(random, swarm, { count, endMs, most: range.disturbances });
  return {
    seed,
    size,
    workload: { devices, hotRecords: range.hotRecords, operations },
    weather: { swarm, disturbances },
  };
}

function focused(swarm: Swarm, { operations = [], disturbances = [], network = [] }: Focus): Swarm {
  return {
    ...swarm,
    operations: [...new Set([...swarm.operations, ...operations])],
    disturbances: disturbances.length === 0 ? swarm.disturbances : disturbances,
    network: { ...swarm.network, ...Object.fromEntries(network.map((kind) => [kind, 0.15])) },
  };
}

const sizeOf = (fraction: number): Size => (fraction < 0.7 ? "small" : fraction < 0.95 ? "medium" : "large");

const between = (random: Random, [least, most]: readonly [number, number]): number =>
  least + random.below(most - least + 1);

const skews = [0, 400, -400, 3_600_000, -3_600_000, 40 * 86_400_000, -400 * 86_400_000, 10 * 365 * 86_400_000];

function setUpDevice(random: Random, swarm: Swarm, i: number): DeviceSetup {
  // The first two are of one person, so that there is somebody to disagree with.
  const account = swarm.hasStrangers && i >= 2 && random.chance(0.4) ? 1 : 0;
  return {
    account,
    skewMs: swarm.hasWrongClocks ? random.pick(skews) : 0,
    driftPpm: swarm.hasWrongClocks ? random.pick([0, 0, 50, -50, 1000]) : 0,
    isLive: random.chance(swarm.liveShare),
  };
}

function operate(random: Random, swarm: Swarm, { count, length }: { count: number; length: number }) {
  const kinds = (Object.keys(operationWeights) as OperationKind[]).filter((kind) => swarm.operations.includes(kind));
  const total = kinds.reduce((sum, kind) => sum + operationWeights[kind], 0);
  const operations: Operation[] = [];
  let atMs = 0;
  for (let i = 0; i < length; i += 1) {
    // Mostly one after the other, sometimes a burst, sometimes a break.
    const pace = random.fraction();
    atMs += pace < 0.25 ? random.below(20) : pace < 0.9 ? random.below(swarm.paceMs) : random.below(60_000);
    let left = random.fraction() * total;
    const kind = kinds.find((each) => (left -= operationWeights[each]) < 0) ?? kinds[0]!;
    operations.push({ atMs, device: random.below(count), kind, a: random.u32(), b: random.u32() });
  }
  return { operations, endMs: atMs };
}

function disturb(random: Random, swarm: Swarm, { count, endMs, most }: { count: number; endMs: number; most: number }) {
  const kinds: readonly DisturbanceKind[] = disturbanceKinds.filter((kind) => swarm.disturbances.includes(kind));
  if (kinds.length === 0) return [];
  const disturbances: Disturbance[] = Array.from({ length: 1 + random.below(most) }, () => ({
    atMs: random.below(endMs + 1),
    device: random.below(count),
    kind: random.pick(kinds),
    value: random.u32(),
  }));
  return disturbances.sort((a, b) => a.atMs - b.atMs);
}
