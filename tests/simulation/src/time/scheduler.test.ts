import { expect, test } from "vitest";
import { Scheduler } from "./scheduler.ts";

test("events run in the order of their times, then of their asking, each when the one before has settled", async () => {
  const scheduler = new Scheduler();
  const seen: string[] = [];
  scheduler.at(20, () => seen.push("late"));
  scheduler.at(10, () => {
    seen.push("first");
    void (async () => {
      for (let i = 0; i < 50; i += 1) await Promise.resolve();
      seen.push("what the first began");
    })();
  });
  scheduler.at(10, () => seen.push("second"));
  scheduler.at(15, () => seen.push("never")).cancel();
  await scheduler.runUntil(() => false, 100);
  expect(seen).toEqual(["first", "what the first began", "second", "late"]);
  expect(scheduler.nowMs).toBe(100);
});

test("virtual time waits for work that takes real time", async () => {
  const scheduler = new Scheduler();
  let doneAtMs = -1;
  scheduler.at(10, () => {
    const work = new Promise((resolve) => setTimeout(resolve, 20));
    void scheduler.external(work).then(() => (doneAtMs = scheduler.nowMs));
  });
  scheduler.at(11, () => {});
  await scheduler.runUntil(() => false, 1000);
  expect(doneAtMs).toBe(10);
});

test("a turn ends when nothing that is ready is left, and before time passes", async () => {
  const scheduler = new Scheduler();
  const seen: string[] = [];
  scheduler.at(5, () => {
    scheduler.atTurnEnd(() => seen.push(`turn ended at ${scheduler.nowMs}`));
    void Promise.resolve().then(() => seen.push("promise"));
  });
  await scheduler.runUntil(() => false, 10);
  expect(seen).toEqual(["promise", "turn ended at 5"]);
});
