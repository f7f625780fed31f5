import { makePlan } from "../tapes/plan.ts";
import type { MakeServer } from "../world/world.ts";
import { runSeed } from "./run-seed.ts";

/** Modules that the client loads late are loaded before virtual time begins: no world waits for a disk. */
export async function warmUp(makeServer: MakeServer): Promise<void> {
  await import("../../../../packages/client/src/session/password-calls.ts");
  await import("../../../../packages/client/src/sync/late-calls.ts");
  const { lateCalls } = await import("../../../../packages/client/src/sync/late-parts.ts");
  await lateCalls();
  for (let i = 0; i < 2; i += 1) {
    await runSeed(makePlan(0, "small"), { makeServer });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
