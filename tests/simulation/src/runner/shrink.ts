import type { TapeEntry } from "../tapes/fault-tape.ts";
import type { Plan } from "../tapes/plan.ts";

/** What is made smaller: both tapes. */
export interface Tapes {
  readonly plan: Plan;
  readonly entries: readonly TapeEntry[];
}

export interface ShrinkLimits {
  readonly maxSuccesses: number;
  readonly maxStalled: number;
}

/** Whether a smaller world still breaks the same rule. */
export type StillFails = (tapes: Tapes) => Promise<boolean>;

/**
 * Leaves out whatever the failure does not need: the end, devices, operations, accidents, kinds of faults, single faults, and
 * at last lowers values. What is left out is benign, and moves nothing else.
 */
export async function shrink(
  tapes: Tapes,
  stillFails: StillFails,
  { maxSuccesses, maxStalled }: ShrinkLimits = { maxSuccesses: 500, maxStalled: 200 },
): Promise<Tapes> {
  let best = tapes;
  let successes = 0;
  let stalled = 0;
  const attempt = async (smaller: Tapes): Promise<boolean> => {
    if (successes >= maxSuccesses || stalled >= maxStalled) return false;
    if (await stillFails(smaller)) {
      best = smaller;
      successes += 1;
      stalled = 0;
      return true;
    }
    stalled += 1;
    return false;
  };
  for (let before = Infinity; sizeOf(best) < before && stalled < maxStalled;) {
    before = sizeOf(best);
    await lessOf(
      () => best.plan.workload.operations,
      (operations) => attempt(withOperations(best, operations)),
    );
    await lessOf(
      () => best.plan.weather.disturbances,
      (disturbances) => attempt(withDisturbances(best, disturbances)),
    );
    for (const name of streamsOf(best))
      await attempt({ ...best, entries: best.entries.filter(({ stream }) => stream !== name) });
    for (const kind of new Set(best.entries.map((entry) => entry.kind))) {
      await attempt({ ...best, entries: best.entries.filter((entry) => entry.kind !== kind) });
    }
    await lessOf(
      () => best.entries,
      (entries) => attempt({ ...best, entries }),
    );
    await dropDevices(() => best, attempt);
    await attempt(tamed(best));
  }
  await lowerValues(() => best, attempt);
  return best;
}

/** Half of it, a quarter, … down to one by one, from the end. */
async function lessOf<T>(read: () => readonly T[], attempt: (less: readonly T[]) => Promise<boolean>): Promise<void> {
  for (let size = Math.ceil(read().length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let end = read().length; end > 0; end -= size) {
      const list = read();
      const begin = Math.max(0, end - size);
      await attempt([...list.slice(0, begin), ...list.slice(end)]);
    }
  }
}

async function dropDevices(read: () => Tapes, attempt: (tapes: Tapes) => Promise<boolean>): Promise<void> {
  for (let device = read().plan.workload.devices.length - 1; device > 0; device -= 1) {
    const { plan, entries } = read();
    // Only the last ones: the others keep their names, and with them their streams.
    if (device !== plan.workload.devices.length - 1) break;
    const workload = {
      ...plan.workload,
      devices: plan.workload.devices.slice(0, device),
      operations: plan.workload.operations.filter((operation) => operation.device < device),
    };
    const disturbances = plan.weather.disturbances.filter((each) => each.device < device);
    if (!(await attempt({ plan: { ...plan, workload, weather: { ...plan.weather, disturbances } }, entries }))) break;
  }
}

/** Clocks that are right, and no skew. */
function tamed({ plan, entries }: Tapes): Tapes {
  const devices = plan.workload.devices.map((device) => ({ ...device, skewMs: 0, driftPpm: 0 }));
  return { plan: { ...plan, workload: { ...plan.workload, devices } }, entries };
}

async function lowerValues(read: () => Tapes, attempt: (tapes: Tapes) => Promise<boolean>): Promise<void> {
  for (let i = 0; i < read().entries.length; i += 1) {
    for (const value of [0, read().entries[i]!.value >>> 16]) {
      const { plan, entries } = read();
      if (entries[i]!.value <= value || (entries[i]!.kind === "number" && value === 0)) continue;
      if (await attempt({ plan, entries: entries.map((entry, j) => (j === i ? { ...entry, value } : entry)) })) break;
    }
  }
}

const withOperations = ({ plan, entries }: Tapes, operations: Plan["workload"]["operations"]): Tapes => ({
  plan: { ...plan, workload: { ...plan.workload, operations } },
  entries,
});
const withDisturbances = ({ plan, entries }: Tapes, disturbances: Plan["weather"]["disturbances"]): Tapes => ({
  plan: { ...plan, weather: { ...plan.weather, disturbances } },
  entries,
});
const streamsOf = ({ entries }: Tapes): Set<string> => new Set(entries.map(({ stream }) => stream));

export const sizeOf = ({ plan, entries }: Tapes): number =>
  plan.workload.devices.length + plan.workload.operations.length + plan.weather.disturbances.length + entries.length;
