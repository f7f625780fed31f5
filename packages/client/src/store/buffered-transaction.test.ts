import fc from "fast-check";
import { expect, test } from "vitest";
import { BufferedTransaction } from "./buffered-transaction.ts";
import { memoryStore } from "./memory-store.ts";
import type { MetaRow } from "./rows.ts";
import type { Store, WriteTransaction } from "./store.ts";

const tables = ["meta"] as const;
const key = fc.constantFrom("a/1", "a/2", "a/3", "b/1");
const step = fc.oneof(
  fc.record({ does: fc.constant("put" as const), key, value: fc.nat(9) }),
  fc.record({ does: fc.constant("delete" as const), key }),
  fc.record({ does: fc.constant("get" as const), key }),
  fc.record({ does: fc.constant("getMany" as const), keys: fc.array(key, { maxLength: 3 }) }),
  fc.record({ does: fc.constant("scan" as const) }),
  fc.record({ does: fc.constant("count" as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function play(tx: WriteTransaction, steps: readonly Step[]): Promise<unknown[]> {
  const seen: unknown[] = [];
  for (const each of steps) {
    if (each.does === "put") await tx.put("meta", { key: each.key, value: each.value });
    else if (each.does === "delete") await tx.delete("meta", each.key);
    else if (each.does === "get") seen.push(await tx.get("meta", each.key));
    else if (each.does === "getMany") seen.push(await tx.getMany("meta", each.keys));
    else if (each.does === "scan") seen.push(await tx.scan("meta", { prefix: "a/" }));
    else seen.push(await tx.count("meta", "a/"));
  }
  return seen;
}

const rowsOf = (store: Store): Promise<MetaRow[]> =>
  store.read(tables, async (tx) => await tx.scan("meta", { prefix: "" }));

test("sees and leaves what the transaction would have, whatever was read ahead", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(key),
      fc.array(key),
      fc.array(step, { maxLength: 30 }),
      async (there, ahead, steps) => {
        const [plain, buffering] = [await memoryStore()(), await memoryStore()()];
        for (const store of [plain, buffering]) {
          await store.write(tables, (tx) => tx.put("meta", ...there.map((each) => ({ key: each, value: "before" }))));
        }
        const expected = await plain.write(tables, (tx) => play(tx, steps));
        const seen = await buffering.write(tables, async (tx) => {
          const buffered = new BufferedTransaction(tx);
          await buffered.lookIfEmpty("meta", "a/");
          await buffered.load("meta", ahead);
          const result = await play(buffered, steps);
          await buffered.flush();
          return result;
        });
        expect(seen).toEqual(expected);
        expect(await rowsOf(buffering)).toEqual(await rowsOf(plain));
      },
    ),
  );
});
