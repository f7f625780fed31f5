import { randomInt } from "node:crypto";
import fc from "fast-check";
import { formatInstant } from "@owlivion/sync-protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clientOf, deviceA, deviceB, type StoreUnderTest } from "../src/sync/store.contract.ts";
import { syncStatus } from "../src/sync/status.ts";
import type { ChangeInput } from "./support/batches.ts";
import { openMemoryStore, openPostgresStore } from "./support/stores-under-test.ts";

// The memory store must not lie to unit tests and simulation: the same tape of operations gets the same answers from both
// stores. TAPE_SEED repeats a run, TAPES makes it longer.

const seed = Number(process.env["TAPE_SEED"] ?? randomInt(2 ** 31));
const tapes = Number(process.env["TAPES"] ?? 60);
const second = 1_000_000;
const ids = ["a", "b", "c", "ü 😀", "e"];

interface TapedChange {
  readonly id: string;
  readonly type: "insert" | "update" | "delete";
  readonly text: string | null;
  /** Seconds before now. */
  readonly age: number | null;
  /** How far below the record's known version; null: no compare and set. */
  readonly base: number | null;
}

type Operation =
  | {
      do: "push";
      changes: TapedChange[];
      device: string;
      key: string | null;
      cursor: number | null;
      epoch: number | null;
    }
  | { do: "pull"; cursor: number | null; limit: number; tombstones: boolean }
  | { do: "since" | "deleted"; time: number; shift: number; limit: number; offset: number }
  | { do: "as_of"; version: number | null; time: number; limit: number }
  | { do: "history"; id: string; before: number | null; limit: number }
  | { do: "status" }
  | { do: "proof"; version: number; epoch: number }
  | { do: "wait"; seconds: number }
  | { do: "sweep history" | "sweep tombstones"; share: number }
  | { do: "new epoch" };

const change: fc.Arbitrary<TapedChange> = fc.record({
  id: fc.constantFrom(...ids),
  type: fc.constantFrom("insert", "update", "delete"),
  text: fc.option(fc.string({ minLength: 1, maxLength: 5 })),
  age: fc.option(fc.integer({ min: -1000, max: 5000 })),
  base: fc.option(fc.constantFrom(0, 0, 0, 1, -1), { freq: 2 }),
});
const limit = fc.integer({ min: 1, max: 6 });
const past = fc.nat({ max: 100 });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant("push" as const),
      changes: fc.array(change, { minLength: 1, maxLength: 4 }),
      device: fc.constantFrom(deviceA, deviceB),
      key: fc.option(fc.constantFrom("k", "l", "m"), { freq: 2 }),
      cursor: fc.option(past, { freq: 2 }),
      epoch: fc.option(fc.constantFrom(0, 0, 0, 0, 1), { freq: 10 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("pull" as const),
      cursor: fc.option(past, { freq: 4 }),
      limit,
      tombstones: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("since" as const, "deleted" as const),
      time: past,
      shift: fc.integer({ min: -2, max: 2 }),
      limit,
      offset: fc.nat({ max: 8 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("as_of" as const),
      version: fc.option(fc.nat({ max: 20 })),
      time: past,
      limit,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant("history" as const),
      id: fc.constantFrom(...ids),
      before: fc.option(fc.nat({ max: 20 })),
      limit,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("status" as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("proof" as const), version: fc.nat({ max: 1 }), epoch: fc.nat({ max: 1 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant("wait" as const), seconds: fc.integer({ min: -60, max: 2000 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("sweep history" as const, "sweep tombstones" as const),
      share: fc.constantFrom(0.3, 0.6, 1),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("new epoch" as const) }) },
);

/** Plays tapes on one store. What only that store can know (cursors, epochs) is kept here, and left out of the answers. */
class Player {
  readonly #under: StoreUnderTest;
  #client!: ReturnType<typeof clientOf>;
  #cursors: string[] = [];
  #epochs: string[] = [];
  #times: number[] = [];
  #versions = new Map<string, number>();
  #head = 0;

  constructor(under: StoreUnderTest) {
    this.#under = under;
  }

  async play(tape: readonly Operation[]): Promise<unknown[]> {
    this.#under.clock.now = 1_800_000_000_000_000;
    this.#client = clientOf(
      this.#under.store,
      { userId: await this.#under.newAccount(), dataType: "contacts" },
      { maxRecords: 4, maxBytes: 1_000_000 },
    );
    [this.#cursors, this.#epochs, this.#times, this.#versions, this.#head] = [
      [],
      [],
      [this.#under.clock.now - second],
      new Map(),
      0,
    ];
    const { epoch } = await this.#client.pull({ cursor: "initial" });
    this.#epochs.push(epoch);
    const answers: unknown[] = [];
    for (const [step, one] of tape.entries()) {
      answers.push(
        await this.#run(one, step).then(
          (answer) => this.#known(answer),
          (error: { code?: string; details?: unknown }) => {
            if (typeof error.code !== "string") throw error;
            return { code: error.code, details: this.#known(error.details) };
          },
        ),
      );
    }
    return answers;
  }

  async #run(one: Operation, step: number): Promise<unknown> {
    const client = this.#client;
    const { clock, store } = this.#under;
    const cursorAt = (index: number | null) => (index === null ? "initial" : this.#at(this.#cursors, index, "initial"));
    const timeAt = (index: number, shift = 0) => formatInstant(this.#at(this.#times, index, clock.now) + shift);
    switch (one.do) {
      case "push": {
        const epochsAgo = (ago: number) => this.#epochs.at(-1 - ago) ?? this.#epochs[0]!;
        const reply = await client.push(
          one.changes.map((taped, i) => this.#toInput(taped, one.key === null ? `${step} ${i}` : `${one.key} ${i}`)),
          {
            device: one.device,
            hash: JSON.stringify(one.changes),
            ...(one.key === null ? {} : { idempotencyKey: one.key }),
            ...(one.cursor === null || this.#cursors.length === 0 ? {} : { cursor: cursorAt(one.cursor) }),
            ...(one.epoch === null ? {} : { epoch: epochsAgo(one.epoch) }),
          },
        );
        for (const result of reply.results)
          if ("version" in result) this.#versions.set(result.record_id, Number(result.version));
        this.#head = Math.max(this.#head, reply.version);
        this.#times.push(clock.now);
        if (reply.next_cursor !== undefined) this.#cursors.push(reply.next_cursor);
        return reply;
      }
      case "pull": {
        const tombstones = one.cursor === null ? { tombstones: one.tombstones } : {};
        return this.#remember(await client.pull({ cursor: cursorAt(one.cursor), limit: one.limit, ...tombstones }));
      }
      case "since":
        return this.#remember(
          await client.pull({ since: timeAt(one.time, one.shift), limit: one.limit, offset: one.offset }),
        );
      case "deleted":
        return await client.deleted({ since: timeAt(one.time, one.shift), limit: one.limit, offset: one.offset });
      case "as_of":
        return this.#remember(
          await client.pull({ as_of: one.version === null ? timeAt(one.time) : String(one.version), limit: one.limit }),
        );
      case "history":
        return await client.history(one.id, {
          limit: one.limit,
          ...(one.before === null ? {} : { before: one.before }),
        });
      case "status":
        return await syncStatus(store, client.key.userId, ["contacts", "accounts"]);
      case "proof":
        return await store.putProof(client.key, {
          epoch: this.#epochs.at(-1 - one.epoch) ?? this.#epochs[0]!,
          version: this.#head - one.version,
          proof: Buffer.alloc(32, step),
        });
      case "wait":
        clock.now += one.seconds * second;
        return null;
      case "sweep history":
        return await this.#under.sweepHistory(client.key, Math.ceil(this.#head * one.share));
      case "sweep tombstones":
        return await this.#under.sweepTombstones(client.key, Math.ceil(this.#head * one.share));
      case "new epoch": {
        await store.beginEpoch(this.#epochs.at(-1)!);
        this.#epochs.push((await client.pull({ cursor: "initial" })).epoch);
        return null;
      }
    }
  }

  #toInput({ id, type, text, age, base }: TapedChange, salt: string): ChangeInput {
    return {
      id,
      type,
      ...(type === "delete" && text === null ? {} : { text: text ?? "x", nonce: Buffer.from(salt.padEnd(24, ".")) }),
      ...(age === null ? {} : { at: formatInstant(this.#under.clock.now - age * second) }),
      ...(base === null ? {} : { base: Math.max(0, (this.#versions.get(id) ?? 0) - base) }),
    };
  }

  #at<T>(values: readonly T[], index: number, otherwise: T): T {
    return values.length === 0 ? otherwise : values[index % values.length]!;
  }

  #remember<T extends { next_cursor: string }>(page: T): T {
    this.#cursors.push(page.next_cursor);
    return page;
  }

  /** An answer by which two stores can be compared: epochs by their number, cursors only by being there. */
  #known(answer: unknown): unknown {
    return JSON.parse(
      JSON.stringify(answer ?? null, (name, value: unknown) => {
        if (name === "next_cursor") return "a cursor";
        if (name === "epochs" && Array.isArray(value)) {
          // Those that began before this tape are of other tapes, and so is where the first one began.
          const [, ...own] = value.slice(value.findIndex(({ epoch }) => epoch === this.#epochs[0]));
          return own;
        }
        const epochNumber = typeof value === "string" ? this.#epochs.indexOf(value) : -1;
        return epochNumber === -1 ? value : `epoch ${epochNumber}`;
      }),
    );
  }
}

let memory: StoreUnderTest;
let postgres: StoreUnderTest;
beforeAll(async () => {
  memory = openMemoryStore();
  postgres = await openPostgresStore();
});
afterAll(() => postgres.close());

test("both stores give the same answers to the same tapes", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 60, size: "max" }), async (tape) => {
      const expected = await new Player(postgres).play(tape);
      const actual = await new Player(memory).play(tape);
      for (const [i, one] of tape.entries()) expect([i, one, actual[i]]).toEqual([i, one, expected[i]]);
    }),
    { seed, numRuns: tapes, endOnFailure: false },
  );
}, 300_000);
