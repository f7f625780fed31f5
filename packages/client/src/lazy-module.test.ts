import { expect, test } from "vitest";
import { lazyModule } from "./lazy-module.ts";

test("a module is loaded once, when it is first called for", async () => {
  let loads = 0;
  const module = lazyModule(async () => ({ loads: (loads += 1) }));
  expect(loads).toBe(0);
  expect(await Promise.all([module(), module()])).toEqual([{ loads: 1 }, { loads: 1 }]);
  expect(await module()).toEqual({ loads: 1 });
});

test("a module that cannot be fetched is OFFLINE, and the next call tries again", async () => {
  let isOnline = false;
  const module = lazyModule(async () => {
    if (!isOnline) throw new TypeError("Failed to fetch dynamically imported module");
    return "loaded";
  });
  await expect(module()).rejects.toMatchObject({ code: "OFFLINE", retry: "retry" });
  isOnline = true;
  expect(await module()).toBe("loaded");
});
