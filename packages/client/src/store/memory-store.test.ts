import { describe, expect, test } from "vitest";
import { memoryStore } from "./memory-store.ts";
import { storeCases } from "./store.contract.ts";

describe("memory store", () => {
  test.each(storeCases)("$name", ({ run }) => run(memoryStore()));

  test("two memories have nothing in common", async () => {
    const a = await memoryStore()();
    const b = await memoryStore()();
    await a.write(["meta"], (tx) => tx.put("meta", { key: "a", value: 1 }));
    expect(await b.read(["meta"], (tx) => tx.get("meta", "a"))).toBeUndefined();
  });
});
