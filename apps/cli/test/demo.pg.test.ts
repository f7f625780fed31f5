import { afterAll, beforeAll, expect, test } from "vitest";
import { runDemo } from "../src/demo/run-demo.ts";
import { toRow, type DemoStep } from "../src/demo/demo-table.ts";
import { openWorld, type World } from "./support/cli-world.ts";

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

test("the demo, with a small address book", { timeout: 120_000 }, async () => {
  const steps: DemoStep[] = [];
  const checks: string[] = [];
  await runDemo({
    folder: world.folder,
    proxy: world.proxy,
    contacts: 60,
    onStep: (step) => steps.push(step),
    onCheck: (what) => checks.push(what),
  });
  expect(checks).toContain("both exports are the same file");
  expect(steps.map(toRow)).toContainEqual(
    expect.objectContaining({ step: "A: sync, everything goes up", "records sent": 60 }),
  );
});
