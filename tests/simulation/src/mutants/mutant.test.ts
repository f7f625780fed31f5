import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type Mutant, mutate } from "./mutant.ts";

const mutant: Mutant = {
  id: "example",
  breaks: "R5",
  file: "packages/server/src/sync/decide-batch.ts",
  find: `if (change.baseVersion === (current?.version ?? 0)) return "accepted";`,
  replace: `return "accepted";`,
};

test("a mutant whose text stands nowhere, or twice, is refused", () => {
  expect(() => mutate({ ...mutant, find: "nowhere to be found" }, "some source")).toThrow("0 times");
  expect(() => mutate({ ...mutant, find: "s" }, "some source")).toThrow("2 times");
});

test("a module that is loaded after planting has the mistake in it", () => {
  const source = `
    import { plantMutant } from ${JSON.stringify(fileURLToPath(new URL("./plant-mutant.ts", import.meta.url)))};
    const planted = plantMutant(${JSON.stringify(mutant)});
    const { decideBatch } = await import("@owlivion/sync-server/handlers");
    planted.assertPlanted();
    const state = { now: 1, head: 3, lastChangedAt: 1, horizonAt: 0, usage: { records: 0, bytes: 0 }, records: new Map() };
    const change = { recordId: "a", isDelete: true, stampAt: null, baseVersion: 2, offset: 0, length: 0, nonceLength: 0 };
    const batch = { deviceId: "", changes: [change], bytes: Buffer.alloc(0), clientTimestamp: null, epoch: null, cursor: null };
    console.log(decideBatch(state, batch, { maxRecords: 1, maxBytes: 1 }).outcomes[0].status);`;
  const output = execFileSync(
    process.execPath,
    ["--conditions=@owlivion/source", "--input-type=module-typescript", "--eval", source],
    { encoding: "utf8", cwd: fileURLToPath(new URL(".", import.meta.url)) },
  );
  expect(output.trim()).toBe("applied");
});
