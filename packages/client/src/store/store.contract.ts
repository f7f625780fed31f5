import { failsWith, pause, same, throwsItself, within } from "./checks.contract.ts";
import { tableNames, type CollectionRow, type MetaRow, type RecordRow } from "./rows.ts";
import type { OpenStore, Store, StoreMessage, WriteTransaction } from "./store.ts";

/** What every store must do. The cases need no test runner: they run in pages too. */
export interface StoreCase {
  readonly name: string;
  /** `open` opens a store where none was before; every call opens another handle on it. */
  run(open: OpenStore): Promise<void>;
}

const meta = (key: string, value: unknown = key): MetaRow => ({ key, value });

const record = (id: string, version: number, bytes = 64): RecordRow => ({
  key: `contacts/${id}`,
  recordId: id,
  kind: "put",
  version,
  envelope: new Uint8Array(bytes).fill(version & 0xff),
  hash: new Uint8Array(32).fill(7),
  rev: 1,
  changedAt: "2026-01-02T03:04:05.678Z",
  deviceId: "00000000-0000-4000-8000-000000000000",
  generation: 0,
  isCounted: true,
});

const collection = (position: number): CollectionRow => ({
  key: "contacts",
  epoch: "e",
  cursor: `cursor-${position}`,
  position,
  horizon: 0,
  count: position,
  setHash: new Uint8Array(32),
  generation: 0,
  walk: null,
  verified: null,
  provedVersion: 0,
  alarm: null,
  lastSyncMs: null,
});

const putMeta = (store: Store, ...rows: MetaRow[]): Promise<void> =>
  store.write(["meta"], (tx) => tx.put("meta", ...rows));
const getMeta = async (store: Store, key: string): Promise<unknown> =>
  (await store.read(["meta"], (tx) => tx.get("meta", key)))?.value;
const metaKeys = (store: Store, prefix = "", more: { after?: string; limit?: number } = {}): Promise<string[]> =>
  store.read(["meta"], async (tx) => (await tx.scan("meta", { prefix, ...more })).map((row) => row.key));

/** In the order of UTF-16 code units, which is not that of code points: U+1F600 stands before U+E000 and U+FFFD. */
const trickyKeys = [
  "",
  "\u0000",
  "\u0000a",
  " ",
  "A",
  "a",
  "a\u0000",
  "a\u0000b",
  "a!",
  "a/",
  "a/b",
  "a/b\uffff",
  "a0",
  "aa",
  "e\u0301",
  "z",
  "\u00e9",
  "\u0130",
  "\u4e2d",
  "\ud7ff",
  "\ud800",
  "\ud83d\ude00",
  "\ud83d\ude00a",
  "\ud83d\ue000",
  "\udc00",
  "\ue000",
  "\ufffd",
  "\uffff",
  "\uffff\uffff",
].filter((key) => key !== "");

interface Gate {
  readonly passed: Promise<void>;
  open(): void;
}

function gate(): Gate {
  let open = (): void => {};
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}

const twoHandles =
  (run: (a: Store, b: Store) => Promise<void>) =>
  async (open: OpenStore): Promise<void> => {
    const a = await open();
    const b = await open();
    await run(a, b);
    await a.close();
    await b.close();
  };

const oneHandle =
  (run: (store: Store) => Promise<void>) =>
  async (open: OpenStore): Promise<void> => {
    const store = await open();
    await run(store);
    await store.close();
  };

export const storeCases: readonly StoreCase[] = [
  {
    name: "a row reads as it was written, in every table",
    run: oneHandle(async (store) => {
      const values = [
        null,
        true,
        0,
        1.5,
        -1,
        Number.MAX_SAFE_INTEGER,
        Number.MIN_SAFE_INTEGER,
        1e300,
        "",
        "\u0000b0",
        "\u0000",
        "lone \ud800",
        "😀",
        [],
        [null, [1]],
        {},
        { a: { b: [{ c: null }] } },
        JSON.parse('{"__proto__": {"x": 1}, "constructor": 2}') as unknown,
        new Uint8Array(0),
        { token: new Uint8Array([0, 255]), list: [new Uint8Array([1])] },
      ];
      for (const [at, value] of values.entries()) await putMeta(store, meta(String(at), value));
      for (const [at, value] of values.entries()) same(await getMeta(store, String(at)), value, `value ${at}`);
      const row = record("a", 300);
      await store.write(tableNames, async (tx) => {
        await tx.put("records", row, { ...row, key: "contacts/b", envelope: null, hash: null });
        await tx.put("collections", collection(3));
      });
      await store.read(tableNames, async (tx) => {
        same(await tx.get("records", "contacts/a"), row);
        same((await tx.get("records", "contacts/b"))?.envelope, null);
        same(await tx.get("collections", "contacts"), collection(3));
        for (const table of tableNames)
          same(await tx.count(table, ""), { records: 2, collections: 1, meta: values.length }[table as string] ?? 0);
      });
    }),
  },
  {
    name: "rows are copies on the way in and on the way out",
    run: oneHandle(async (store) => {
      const bytes = new Uint8Array([1, 2, 3]);
      const value = { bytes, list: [1] };
      await putMeta(store, meta("a", value));
      bytes[0] = 9;
      value.list.push(2);
      const expected = { bytes: new Uint8Array([1, 2, 3]), list: [1] };
      const read = (await getMeta(store, "a")) as typeof value;
      same(read, expected);
      read.bytes[0] = 9;
      read.list.push(2);
      same(await getMeta(store, "a"), expected);
      const view = new Uint8Array(new Uint8Array([0, 1, 2, 3]).buffer, 1, 2);
      await putMeta(store, meta("view", view));
      same(await getMeta(store, "view"), new Uint8Array([1, 2]));
    }),
  },
  {
    name: "put replaces, delete of what is not there does nothing",
    run: oneHandle(async (store) => {
      await putMeta(store, meta("a", 1), meta("b", 1), meta("a", 2));
      await store.write(["meta"], (tx) => tx.delete("meta", "b", "nothing"));
      same(await getMeta(store, "a"), 2);
      same(await metaKeys(store), ["a"]);
      await store.write(["meta"], async (tx) => {
        await tx.put("meta");
        await tx.delete("meta");
      });
    }),
  },
  {
    name: "a transaction reads its own writes",
    run: oneHandle(async (store) => {
      await putMeta(store, meta("a", 1), meta("b", 1));
      await store.write(["meta"], async (tx) => {
        await tx.put("meta", meta("c", 2), meta("a", 2));
        await tx.delete("meta", "b");
        same(await tx.get("meta", "a"), meta("a", 2));
        same(await tx.get("meta", "b"), undefined);
        same(await tx.scan("meta", { prefix: "" }), [meta("a", 2), meta("c", 2)]);
        same(await tx.getMany("meta", ["c", "b"]), [meta("c", 2), undefined]);
        same(await tx.count("meta", ""), 2);
      });
    }),
  },
  {
    name: "a write whose work throws leaves nothing, in no table, and rejects with the work's own error",
    run: oneHandle(async (store) => {
      await putMeta(store, meta("a", 1), meta("b", 1));
      const thrown = new Error("the work's own");
      await throwsItself(
        thrown,
        store.write(["meta", "records"], async (tx) => {
          await tx.put("records", record("a", 1));
          await tx.put("meta", meta("a", 2), meta("c", 2));
          await tx.delete("meta", "b");
          throw thrown;
        }),
      );
      await throwsItself(
        thrown,
        store.read(["meta"], async () => {
          throw thrown;
        }),
      );
      same(await store.read(["records"], (tx) => tx.count("records", "")), 0);
      same(await getMeta(store, "a"), 1);
      same(await metaKeys(store), ["a", "b"]);
      await putMeta(store, meta("c", 3));
      same(await metaKeys(store), ["a", "b", "c"]);
    }),
  },
  {
    name: "a step that failed fails its transaction, even if the work goes on",
    run: oneHandle(async (store) => {
      await failsWith(
        "INTERNAL",
        store.write(["meta"], async (tx) => {
          await tx.put("meta", meta("a"));
          await tx
            .put(
              "meta",
              meta("b", () => 1),
            )
            .catch(() => {});
          await tx.put("meta", meta("c"));
        }),
      );
      same(await metaKeys(store), []);
    }),
  },
  {
    name: "a table that was not named is out of reach, and nothing works after the end",
    run: oneHandle(async (store) => {
      await failsWith(
        "INTERNAL",
        store.read(["meta"], (tx) => tx.get("records", "a")),
      );
      const kept = await store.write(["meta"], async (tx): Promise<{ tx: WriteTransaction }> => ({ tx }));
      await failsWith("INTERNAL", kept.tx.put("meta", meta("late")));
      await failsWith("INTERNAL", kept.tx.get("meta", "late"));
      same(await metaKeys(store), []);
    }),
  },
  {
    name: "work that awaits anything but the transaction is told so",
    run: oneHandle(async (store) => {
      await failsWith(
        "INTERNAL",
        store.write(["meta"], async (tx) => {
          await tx.get("meta", "a");
          await pause(20);
          await tx.put("meta", meta("a"));
        }),
      );
      await failsWith(
        "INTERNAL",
        store.read(["meta"], async (tx) => {
          await tx.get("meta", "a");
          await pause(20);
          await tx.get("meta", "a");
        }),
      );
      same(await metaKeys(store), []);
      const others = store.write(["meta"], async (tx) => {
        await Promise.all([tx.put("meta", meta("a")), tx.put("meta", meta("b"))]);
        for (let turn = 0; turn < 100; turn++) await Promise.resolve();
        await tx.put("meta", meta("c"));
      });
      await others;
      same(await metaKeys(store), ["a", "b", "c"]);
    }),
  },
  {
    name: "a transaction gives back what its work returns",
    run: oneHandle(async (store) => {
      same(await store.read(["meta"], async () => "read"), "read");
      same(await store.write(["meta"], async () => ({ x: 1 })), { x: 1 });
    }),
  },
  {
    name: "keys are in the order of UTF-16 code units, lone surrogates included",
    run: oneHandle(async (store) => {
      same([...trickyKeys].sort(), trickyKeys, "the list itself");
      await putMeta(store, ...[...trickyKeys].reverse().map((key) => meta(key)));
      same(await metaKeys(store), trickyKeys);
      for (const key of trickyKeys) same(await getMeta(store, key), key);
    }),
  },
  {
    name: "a scan takes prefix, after and limit",
    run: oneHandle(async (store) => {
      await putMeta(store, ...trickyKeys.map((key) => meta(key)));
      for (const prefix of ["", "a", "a/", "a/b", "\ud83d", "\ud83d\ude00", "\uffff", "nothing"]) {
        const withPrefix = trickyKeys.filter((key) => key.startsWith(prefix));
        same(await metaKeys(store, prefix), withPrefix, `prefix ${prefix}`);
        same(await store.read(["meta"], (tx) => tx.count("meta", prefix)), withPrefix.length);
        for (const after of ["", "a", "a/", "a\u0000", "\ud83d", "\uffff\uffff", "zz"]) {
          const rest = withPrefix.filter((key) => key > after);
          same(await metaKeys(store, prefix, { after }), rest, `prefix ${prefix} after ${after}`);
          for (const limit of [0, 1, 2, 1000])
            same(await metaKeys(store, prefix, { after, limit }), rest.slice(0, limit));
        }
      }
    }),
  },
  {
    name: "getMany answers in the order of the keys, twice for a key named twice",
    run: oneHandle(async (store) => {
      await putMeta(store, meta("a"), meta("b"));
      const rows = await store.read(["meta"], (tx) => tx.getMany("meta", ["b", "x", "a", "b"]));
      same(rows, [meta("b"), undefined, meta("a"), meta("b")]);
      same(await store.read(["meta"], (tx) => tx.getMany("meta", [])), []);
    }),
  },
  {
    name: "rows of 256 KiB, and of some MiB",
    run: oneHandle(async (store) => {
      const large = new Uint8Array(5 << 20).map((_, at) => at * 31);
      await store.write(["records", "meta"], async (tx) => {
        for (let at = 0; at < 8; at++) await tx.put("records", record(`big-${at}`, at, 256 << 10));
        await tx.put("meta", meta("large", large));
      });
      same((await store.read(["records"], (tx) => tx.scan("records", { prefix: "contacts/big-" }))).length, 8);
      same(await store.read(["records"], (tx) => tx.get("records", "contacts/big-3")), record("big-3", 3, 256 << 10));
      same(await getMeta(store, "large"), large);
    }),
  },
  {
    name: "10,000 rows, in transactions of 1,000, read page by page",
    run: oneHandle(async (store) => {
      const id = (at: number): string => String((at * 7919) % 10_000).padStart(5, "0");
      for (let at = 0; at < 10_000; at += 1000) {
        const rows = Array.from({ length: 1000 }, (_, index) => record(id(at + index), at + index, 200));
        await store.write(["records"], (tx) => tx.put("records", ...rows));
      }
      let after: string | undefined;
      let seen = 0;
      for (;;) {
        const range = { prefix: "contacts/", limit: 700, ...(after === undefined ? {} : { after }) };
        const page = await store.read(["records"], (tx) => tx.scan("records", range));
        for (const row of page) same(row.recordId, String(seen++).padStart(5, "0"));
        after = page.at(-1)?.key;
        if (page.length < 700) break;
      }
      same(seen, 10_000);
      same(await store.read(["records"], (tx) => tx.count("records", "contacts/09")), 1000);
    }),
  },
  {
    name: "many writers at once lose nothing, on two handles",
    run: twoHandles(async (a, b) => {
      await putMeta(a, meta("counter", 0));
      const add = (store: Store): Promise<void> =>
        store.write(["meta"], async (tx) => {
          const row = await tx.get("meta", "counter");
          await tx.put("meta", meta("counter", (row?.value as number) + 1));
        });
      await Promise.all(Array.from({ length: 100 }, (_, at) => add(at % 2 === 0 ? a : b)));
      same(await getMeta(a, "counter"), 100);
      same(await getMeta(b, "counter"), 100);
    }),
  },
  {
    name: "a reader sees one state, never half a transaction",
    run: twoHandles(async (a, b) => {
      const both = (tx: WriteTransaction, value: number): Promise<void> =>
        tx.put("meta", meta("x", value), meta("y", value));
      await a.write(["meta"], (tx) => both(tx, 0));
      const writes = Array.from({ length: 30 }, (_, at) =>
        a.write(["meta"], async (tx) => {
          await tx.put("meta", meta("x", at + 1));
          await tx.get("meta", "y");
          await tx.put("meta", meta("y", at + 1));
        }),
      );
      const reads = Array.from({ length: 30 }, (_, at) =>
        (at % 2 === 0 ? a : b).read(["meta"], async (tx) => {
          const x = await tx.get("meta", "x");
          for (let more = 0; more < 5; more++) await tx.count("meta", "");
          return [x?.value, (await tx.get("meta", "y"))?.value];
        }),
      );
      for (const [x, y] of await Promise.all(reads)) same(x, y);
      await Promise.all(writes);
      same(await getMeta(b, "y"), 30);
    }),
  },
  {
    name: "what was written is there on another handle, and after closing and opening again",
    async run(open) {
      const a = await open();
      const b = await open();
      await a.write(["records", "collections"], async (tx) => {
        await tx.put("records", record("a", 1));
        await tx.put("collections", collection(1));
      });
      same((await b.read(["collections"], (tx) => tx.get("collections", "contacts")))?.position, 1);
      await a.close();
      await b.close();
      const again = await open();
      same(await again.read(["records"], (tx) => tx.get("records", "contacts/a")), record("a", 1));
      same(await again.read(["collections"], (tx) => tx.get("collections", "contacts")), collection(1));
      await again.close();
    },
  },
  {
    name: "a write that was under way when the store closes is whole",
    async run(open) {
      const store = await open();
      const writing = putMeta(store, meta("a"), meta("b"));
      const closing = store.close();
      await writing;
      await closing;
      const again = await open();
      same(await metaKeys(again), ["a", "b"]);
      await again.close();
    },
  },
  {
    name: "a closed store answers STORE_CLOSED, and closes again without complaint",
    async run(open) {
      const store = await open();
      await store.close();
      await failsWith("STORE_CLOSED", getMeta(store, "a"));
      await failsWith("STORE_CLOSED", putMeta(store, meta("a")));
      await failsWith(
        "STORE_CLOSED",
        store.exclusively("syncer", async () => 1),
      );
      await failsWith("STORE_CLOSED", store.estimate());
      store.announce({ type: "state" });
      await store.close();
    },
  },
  {
    name: "exclusively gives back the work's result and waits for the other handle's work",
    run: twoHandles(async (a, b) => {
      const steps: string[] = [];
      const first = gate();
      const held = gate();
      const one = a.exclusively("syncer", async () => {
        held.open();
        await first.passed;
        steps.push("a ends");
        return 1;
      });
      await held.passed;
      const two = b.exclusively("syncer", async () => {
        steps.push("b begins");
        return 2;
      });
      const three = a.exclusively("syncer", async () => {
        steps.push("a again");
        return 3;
      });
      same(await b.exclusively("refresh", async () => "another lock"), "another lock");
      await pause(30);
      same(steps, []);
      first.open();
      same(await within(5000, "the locks", Promise.all([one, two, three])), [1, 2, 3]);
      same(steps[0], "a ends");
      same(steps.length, 3);
    }),
  },
  {
    name: "exclusively with ifAvailable does not wait",
    run: twoHandles(async (a, b) => {
      const end = gate();
      const held = gate();
      const one = a.exclusively("syncer", async () => {
        held.open();
        await end.passed;
      });
      await held.passed;
      let called = false;
      const work = async (): Promise<string> => {
        called = true;
        return "had it";
      };
      same(await b.exclusively("syncer", work, { ifAvailable: true }), undefined);
      same(await a.exclusively("syncer", work, { ifAvailable: true }), undefined);
      same(called, false);
      end.open();
      await one;
      same(await b.exclusively("syncer", work, { ifAvailable: true, signal: new AbortController().signal }), "had it");
    }),
  },
  {
    name: "a lock is free again when the work throws, or ends while its store is closed",
    run: async (open) => {
      const a = await open();
      const b = await open();
      const thrown = new Error("the work's own");
      await throwsItself(
        thrown,
        a.exclusively("syncer", async () => {
          throw thrown;
        }),
      );
      await throwsItself(
        thrown,
        a.exclusively(
          "syncer",
          async () => {
            throw thrown;
          },
          { ifAvailable: true },
        ),
      );
      await a.exclusively("syncer", () => a.close());
      same(
        await within(
          5000,
          "the lock",
          b.exclusively("syncer", async () => 1),
        ),
        1,
      );
      await b.close();
    },
  },
  {
    name: "a wait for a lock ends with its signal, and with the store",
    run: twoHandles(async (a, b) => {
      const end = gate();
      const held = gate();
      const one = a.exclusively("syncer", async () => {
        held.open();
        await end.passed;
        return "to the end";
      });
      await held.passed;
      const never = async (): Promise<void> => {
        throw new Error("the work was called");
      };
      const abort = new AbortController();
      const waiting = b.exclusively("syncer", never, { signal: abort.signal });
      const cancelled = failsWith("CANCELLED", waiting);
      await pause(5);
      abort.abort();
      await within(1000, "the wait", cancelled);
      await failsWith("CANCELLED", b.exclusively("refresh", never, { signal: abort.signal }));
      await failsWith("CANCELLED", b.exclusively("refresh", never, { signal: abort.signal, ifAvailable: true }));
      const closed = failsWith("STORE_CLOSED", b.exclusively("syncer", never));
      await b.close();
      await within(1000, "the closed wait", closed);
      end.open();
      same(await one, "to the end");
    }),
  },
  {
    name: "a signal does not end work that has begun",
    run: oneHandle(async (store) => {
      const abort = new AbortController();
      const work = async (): Promise<string> => {
        abort.abort();
        await pause(5);
        return "done";
      };
      same(await store.exclusively("syncer", work, { signal: abort.signal }), "done");
    }),
  },
  {
    name: "a message reaches the other handles and not oneself; one that listens no more hears nothing",
    run: twoHandles(async (a, b) => {
      const heard: StoreMessage[] = [];
      const own: StoreMessage[] = [];
      a.onMessage((message) => own.push(message));
      const deaf = b.onMessage(() => {
        throw new Error("it was taken away");
      });
      deaf();
      const first = new Promise<void>((resolve) => {
        b.onMessage((message) => {
          heard.push(message);
          resolve();
        });
      });
      const sent: StoreMessage = { type: "changed", dataType: "contacts", recordIds: ["a"] };
      await putMeta(a, meta("a"));
      a.announce(sent);
      await within(5000, "the message", first);
      same(heard[0], heard[0]?.type === "unknown" ? { type: "unknown" } : sent);
      await pause(20);
      same(own, []);
    }),
  },
  {
    name: "a wish for a sync reaches the other handles, though nothing was written",
    run: twoHandles(async (a, b) => {
      const heard = new Promise<StoreMessage>((resolve) => {
        b.onMessage(resolve);
      });
      a.announce({ type: "wanted" });
      const { type } = await within(5000, "the message", heard);
      same(type, type === "unknown" ? "unknown" : "wanted");
    }),
  },
  {
    name: "the protector opens what it sealed, on other handles and after opening again, and nothing that was changed",
    async run(open) {
      const a = await open();
      const b = await open();
      const plain = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
      const sealed = await a.protector.protect(plain);
      same(sealed.join().includes(plain.join()), false);
      same((await a.protector.protect(plain)).join() === sealed.join(), false);
      same(await b.protector.unprotect(sealed), plain);
      await a.close();
      await b.close();
      const again = await open();
      same(await again.protector.unprotect(sealed), plain);
      for (const at of sealed.keys()) {
        const changed = sealed.slice();
        changed[at] = (changed[at] as number) ^ 1;
        await failsWith("KEY_UNAVAILABLE", again.protector.unprotect(changed));
      }
      await failsWith("KEY_UNAVAILABLE", again.protector.unprotect(sealed.subarray(0, sealed.length - 1)));
      await failsWith("KEY_UNAVAILABLE", again.protector.unprotect(new Uint8Array(0)));
      same(await again.protector.unprotect(await again.protector.protect(new Uint8Array(0))), new Uint8Array(0));
      await again.close();
    },
  },
  {
    name: "an estimate has numbers or null",
    run: oneHandle(async (store) => {
      const { usedBytes, availableBytes } = await store.estimate();
      for (const bytes of [usedBytes, availableBytes])
        same(bytes === null || (Number.isFinite(bytes) && bytes >= 0), true);
    }),
  },
  {
    name: "destroy removes rows and key, closes the other handles, and leaves room for a new store",
    async run(open) {
      const a = await open();
      const b = await open();
      await putMeta(a, meta("a"));
      const sealed = await a.protector.protect(new Uint8Array([1]));
      await within(5000, "destroy", a.destroy());
      await failsWith("STORE_CLOSED", getMeta(a, "a"));
      await failsWith("STORE_CLOSED", putMeta(b, meta("b")));
      await b.close();
      await a.close();
      const fresh = await open();
      same(await metaKeys(fresh), []);
      await failsWith("KEY_UNAVAILABLE", fresh.protector.unprotect(sealed));
      await putMeta(fresh, meta("c"));
      same(await metaKeys(fresh), ["c"]);
      await fresh.destroy();
    },
  },
];
