import { describe, expect, test } from "vitest";
import { BoundedQueue } from "./bounded-queue.ts";

const deferred = () => Promise.withResolvers<void>();

describe("BoundedQueue", () => {
  test("runs so many at a time, lets so many wait, refuses the rest", async () => {
    const queue = new BoundedQueue(2, 1);
    const gate = deferred();
    let running = 0;
    let most = 0;
    const task = async () => {
      most = Math.max(most, ++running);
      await gate.promise;
      running--;
    };
    const accepted = [queue.run(task), queue.run(task), queue.run(task)];
    await expect(queue.run(task)).rejects.toMatchObject({ code: "OVERLOADED", retryAfterSeconds: 2 });
    expect(() => queue.assertRoom()).toThrow();
    gate.resolve();
    await Promise.all(accepted);
    expect(most).toBe(2);
    queue.assertRoom();
    await expect(queue.run(async () => 1)).resolves.toBe(1);
  });

  test("a task that fails gives its place back", async () => {
    const queue = new BoundedQueue(1, 5);
    const failing = () => Promise.reject(new Error("no"));
    const results = await Promise.allSettled([queue.run(failing), queue.run(failing), queue.run(async () => "yes")]);
    expect(results.map((result) => result.status)).toEqual(["rejected", "rejected", "fulfilled"]);
  });

  test("a place is given back once, and goes to who waited longest", async () => {
    const queue = new BoundedQueue(1, 5);
    const leave = await queue.enter();
    const order: string[] = [];
    const first = queue.enter().then((leaveToo) => (order.push("first"), leaveToo));
    const second = queue.enter().then((leaveToo) => (order.push("second"), leaveToo));
    leave();
    leave();
    (await first)();
    (await second)();
    expect(order).toEqual(["first", "second"]);
    expect(queue.isIdle).toBe(true);
  });
});
