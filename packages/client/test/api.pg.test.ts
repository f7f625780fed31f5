import { randomUUID } from "node:crypto";
import { hashEnvelope, systemRandom } from "@owlivion/sync-crypto";
import { insecurePasswordHashForTests } from "@owlivion/sync-crypto/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { systemPorts } from "../src/ports.ts";
import { createSession } from "../src/session/session.ts";
import { memoryStore } from "../src/store/memory-store.ts";
import { encodeCbor } from "../src/transport/cbor-encode.ts";
import { createApi } from "../src/transport/create-api.ts";
import type { PushReply, ServerEvent } from "../src/transport/replies.ts";
import { epochChangeOf, refusedChangesOf } from "../src/transport/reply-error.ts";
import { carefulPerson, startDevice, type TestDevice } from "./support/test-device.ts";

const password = "four words nobody guesses";

let server: TestServer;
let device: TestDevice;
beforeAll(async () => {
  server = await startTestServer();
  device = await startDevice(server.app);
  const email = `ada-${randomUUID()}@example.com`;
  await device.session.signUp({ email, password, confirmRecoveryKey: carefulPerson().confirm });
});
afterAll(() => server.close());

const dataType = "contacts";
const code = (code: string): object => expect.objectContaining({ code }) as object;

interface Edit {
  readonly recordId: string;
  readonly base: number;
  readonly isDeletion?: boolean;
}

/** Seals and pushes, as the engine does. */
async function push(
  edits: readonly Edit[],
  options: { epoch?: string; cursor?: string; key?: string } = {},
): Promise<{ reply: PushReply; envelopes: Uint8Array[] }> {
  const keys = device.session.keyring().collection(dataType);
  const envelopes = edits.map(({ recordId, isDeletion = false }) =>
    keys.seal(
      {
        recordId,
        device: device.session.deviceId,
        rev: 1,
        prevHash: null,
        content: isDeletion
          ? {
              kind: "tombstone",
              schema: 1,
              stamp: { wallMs: 1, counter: 0, device: device.session.deviceId },
              confirmation: null,
            }
          : { kind: "put", schema: 1, fields: { name: "Ada" }, stamps: {} },
      },
      systemRandom,
    ),
  );
  const status = (await device.api.status()).get(dataType);
  const body = encodeCbor({
    device_id: device.session.deviceId,
    epoch: options.epoch ?? status?.epoch ?? (await device.api.pullPage({ dataType, cursor: "initial" })).epoch,
    ...(options.cursor === undefined ? {} : { cursor: options.cursor }),
    changes: edits.map(({ recordId, base, isDeletion }, i) => ({
      record_id: recordId,
      change_type: isDeletion === true ? "delete" : base === 0 ? "insert" : "update",
      encrypted_record: envelopes[i]!,
      record_nonce: envelopes[i]!.slice(62, 86),
      record_checksum: hashEnvelope(envelopes[i]!),
      base_version: base,
    })),
  });
  const recordIds = edits.map(({ recordId }) => recordId);
  const reply = await device.api.push({ dataType, body, idempotencyKey: options.key ?? randomUUID(), recordIds });
  return { reply, envelopes };
}

describe("delta sync over CBOR", () => {
  test("what is pushed is pulled, byte for byte; a conflict brings what stands", async () => {
    const start = await device.api.pullPage({ dataType, cursor: "initial" });
    expect(start).toMatchObject({ rows: [], hasMore: false, head: 0, proof: null });
    const first = await push(
      [
        { recordId: "a", base: 0 },
        { recordId: "b", base: 0 },
      ],
      { cursor: start.nextCursor },
    );
    expect(first.reply).toMatchObject({ head: 2, delta: { rows: [], hasMore: false } });
    expect(first.reply.results.map((result) => result.status)).toEqual(["applied", "applied"]);

    const second = await push([
      { recordId: "a", base: 1, isDeletion: true },
      { recordId: "b", base: 1 },
    ]);
    expect(second.reply.results).toMatchObject([
      { status: "applied", version: 3 },
      { status: "conflict", reason: "STALE", current: { kind: "put", recordId: "b", version: 2 }, isTruncated: false },
    ]);

    const page = await device.api.pullPage({ dataType, cursor: start.nextCursor });
    expect(page.rows.map(({ kind, recordId, version }) => ({ kind, recordId, version }))).toEqual([
      { kind: "put", recordId: "b", version: 2 },
      { kind: "tombstone", recordId: "a", version: 3 },
    ]);
    expect(page.rows.map(({ envelope }) => envelope)).toEqual([first.envelopes[1], second.envelopes[0]]);
    // A copy of its own, not a view of the page.
    expect(page.rows[0]!.envelope!.buffer.byteLength).toBe(page.rows[0]!.envelope!.length);

    const past = await device.api.pullAsOf({ dataType, asOf: 2, limit: 1 });
    expect(past).toMatchObject({ asOf: 2, hasMore: true, rows: [{ recordId: "a" }] });
    const rest = await device.api.pullAsOf({ dataType, cursor: past.nextCursor, limit: 1 });
    expect(rest).toMatchObject({ asOf: 2, hasMore: false, rows: [{ recordId: "b" }] });

    const history = await device.api.recordHistory({ dataType, recordId: "a" });
    expect(history.entries.map(({ kind, version }) => ({ kind, version }))).toEqual([
      { kind: "tombstone", version: 3 },
      { kind: "put", version: 1 },
    ]);
    expect(history.entries[1]!.envelope).toEqual(first.envelopes[0]);

    await device.api.putProof({ dataType, epoch: page.epoch, version: 3, proof: new Uint8Array(32).fill(9) });
    const proved = await device.api.pullPage({ dataType, cursor: page.nextCursor });
    expect(proved.proof).toEqual({ epoch: page.epoch, version: 3, proof: new Uint8Array(32).fill(9) });
    expect((await device.api.status()).get(dataType)).toMatchObject({ head: 3, recordCount: 1, proofVersion: 3 });
  });

  test("errors keep what the engine needs of them", async () => {
    const epoch = randomUUID();
    const changed = await push([{ recordId: "c", base: 0 }], { epoch }).catch((error: unknown) => error);
    expect(epochChangeOf(changed)?.epochs.length).toBe(1);
    expect(epochChangeOf(changed)?.epoch).not.toBe(epoch);
    const body = encodeCbor({
      device_id: device.session.deviceId,
      changes: [{ record_id: "c", change_type: "insert" }],
    });
    const refused = await device.api
      .push({ dataType, body, idempotencyKey: randomUUID(), recordIds: ["c"] })
      .catch((error: unknown) => error);
    expect(refusedChangesOf(refused)).toEqual([{ index: 0, code: "MISSING_RECORD" }]);
    await expect(device.api.pullPage({ dataType, cursor: "nonsense" })).rejects.toThrow(code("INVALID_CURSOR"));
    await expect(device.api.pullPage({ dataType: "nosuch", cursor: "initial" })).rejects.toThrow(
      code("INVALID_DATA_TYPE"),
    );
  });

  test("config tells what the server is", async () => {
    expect(await device.api.config()).toMatchObject({ protocol: { major: 1 }, registration: "open" });
    expect((await device.api.config()).dataTypes).toContain(dataType);
  });
});

test("events come over a real connection, and end with the signal", async () => {
  const listening = await startTestServer();
  const url = await listening.app.listen({ port: 0, host: "127.0.0.1" });
  try {
    const api = createApi({ url, ports: systemPorts, tokens: () => session });
    const store = await memoryStore()();
    const session = createSession({ store, api, ports: systemPorts, passwordHash: insecurePasswordHashForTests });
    await session.resume();
    const email = `ada-${randomUUID()}@example.com`;
    await session.signUp({ email, password, confirmRecoveryKey: carefulPerson().confirm });
    const listener = new AbortController();
    const told: ServerEvent[] = [];
    const ended = (async () => {
      for await (const event of api.openEvents({ signal: listener.signal })) told.push(event);
    })();
    await expect.poll(() => told).toEqual([{ type: "open" }, { type: "beat" }]);
    const body = encodeCbor({
      device_id: session.deviceId,
      changes: [{ record_id: "a", change_type: "delete" }],
    });
    await api.push({ dataType, body, idempotencyKey: "1", recordIds: ["a"] });
    await expect.poll(() => told[2]).toEqual({ type: "change", dataType, version: 1, deviceId: session.deviceId });
    listener.abort();
    await expect(ended).rejects.toThrow(code("CANCELLED"));

    // The server ends the stream of a session that is over; that is no error.
    const over = (async () => {
      for await (const event of api.openEvents()) told.push(event);
    })();
    await expect.poll(() => told.length).toBeGreaterThan(4);
    await session.signOut();
    await over;
  } finally {
    await listening.close();
  }
});
