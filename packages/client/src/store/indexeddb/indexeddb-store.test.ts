import * as fakeIndexedDb from "fake-indexeddb";
import { describe, expect, test } from "vitest";
import { storeCases } from "../store.contract.ts";
import { indexedDbStore, openIndexedDbStore } from "./indexeddb-store.ts";
import { migrations } from "./migrations.ts";

Object.assign(globalThis, fakeIndexedDb);

const code = (code: string): unknown => expect.objectContaining({ code });

describe("IndexedDB store", () => {
  test.each(storeCases)("$name", ({ name, run }) => run(indexedDbStore(name)));

  test("a store of the first schema is migrated and keeps its rows", async () => {
    const row = { key: "a", value: { sealed: new Uint8Array([1, 2]) } };
    const { openDB } = await import("idb");
    const old = await openDB("old", 1, { upgrade: (db) => migrations[0]?.(db) });
    await old.put("meta", row);
    old.close();
    const store = await indexedDbStore("old")();
    expect(await store.read(["meta"], (tx) => tx.get("meta", "a"))).toEqual(row);
    const sealed = await store.protector.protect(new Uint8Array([1]));
    expect(await store.protector.unprotect(sealed)).toEqual(new Uint8Array([1]));
    await store.close();
  });

  test("a migration that fails changes nothing", async () => {
    const store = await indexedDbStore("failing")();
    await store.write(["meta"], (tx) => tx.put("meta", { key: "a", value: 1 }));
    await store.close();
    const failing = [
      ...migrations,
      (db: Parameters<(typeof migrations)[0]>[0]): void => {
        db.deleteObjectStore("meta");
        throw new Error("half-way");
      },
    ];
    await expect(openIndexedDbStore("failing", failing)).rejects.toThrow("half-way");
    const again = await indexedDbStore("failing")();
    expect(await again.read(["meta"], (tx) => tx.count("meta", ""))).toBe(1);
    await again.close();
  });

  test("a store of a newer schema is STORE_NEWER; so is one that was open meanwhile", async () => {
    const before = await indexedDbStore("newer")();
    const newer = await openIndexedDbStore("newer", [...migrations, (db) => void db.createObjectStore("news")]);
    await expect(before.read(["meta"], (tx) => tx.count("meta", ""))).rejects.toThrow(code("STORE_NEWER"));
    await expect(indexedDbStore("newer")()).rejects.toThrow(code("STORE_NEWER"));
    await newer.close();
    await before.close();
  });

  test("where the browser has no IndexedDB, it says what is missing", async () => {
    const { indexedDB } = globalThis;
    Reflect.deleteProperty(globalThis, "indexedDB");
    await expect(indexedDbStore("none")()).rejects.toThrow(/IndexedDB, Web Locks/);
    Object.assign(globalThis, { indexedDB });
  });
});
