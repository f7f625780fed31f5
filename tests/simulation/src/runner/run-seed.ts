import { checkFinalState } from "../oracles/final-state.ts";
import { Violation } from "../oracles/violation.ts";
import type { TapeEntry } from "../tapes/fault-tape.ts";
import type { Plan } from "../tapes/plan.ts";
import { disturb } from "../world/disturb.ts";
import { operate } from "../world/operate.ts";
import { windDown } from "../world/wind-down.ts";
import { type MakeServer, World } from "../world/world.ts";

export interface SeedResult {
  readonly plan: Plan;
  readonly entries: readonly TapeEntry[];
  readonly violation: { readonly rule: string; readonly message: string } | null;
  readonly hash: string;
  readonly counts: ReadonlyMap<string, number>;
  readonly events: number;
  readonly trace: readonly string[];
}

export interface RunOptions {
  readonly makeServer: MakeServer;
  readonly entries?: readonly TapeEntry[];
  readonly isTraced?: boolean;
}

/** The longest that all of the operations may take when somebody waits for something: more is a world that hangs. */
const spareMs = 15 * 60_000;

/** One world, from its beginning to its end: the same plan and tape give the same, to the last event. */
export async function runSeed(plan: Plan, options: RunOptions): Promise<SeedResult> {
  const world = new World({ plan, ...options });
  await world.begin();
  try {
    await live(world);
    await windDown(world);
    await checkFinalState(world);
  } catch (error) {
    if (!(error instanceof Violation)) throw error;
    world.violation ??= error;
  } finally {
    await world.end();
  }
  const { violation } = world;
  return {
    plan,
    entries: world.tape.entries,
    violation: violation === null ? null : { rule: violation.rule, message: violation.message },
    hash: world.hash,
    counts: world.counts,
    events: world.scheduler.events,
    trace: world.trace,
  };
}

async function live(world: World): Promise<void> {
  const { operations } = world.plan.workload;
  const { disturbances } = world.plan.weather;
  // The first device makes the account in peace; the others come as they come.
  world.tape.isOver = true;
  for (const device of world.devices)
    await world.until(
      device.openApp().then(() => device.settle()),
      60_000,
    );
  world.tape.isOver = false;
  let left = operations.length + disturbances.length;
  for (const operation of operations) {
    const device = world.devices[operation.device]!;
    world.scheduler.at(operation.atMs, () => {
      left -= 1;
      void operate(device, operation);
    });
  }
  for (const disturbance of disturbances) {
    world.scheduler.at(disturbance.atMs, () => {
      left -= 1;
      void disturb(world, disturbance).catch((error: unknown) =>
        world.violate("harness", String((error as Error).stack)),
      );
    });
  }
  const endMs = Math.max(0, ...operations.map(({ atMs }) => atMs));
  await world.runUntil(() => left === 0, endMs + spareMs);
  await world.runUntil(() => false, 3_000);
}
