import { AuthSecret } from "@owlivion/sync-crypto";
import { Encoder } from "cbor-x";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { SyncError } from "../errors.ts";
import { type Fetch, systemPorts } from "../ports.ts";
import { createApi } from "./create-api.ts";
import type { TokenSource } from "./token-source.ts";

const epoch = "675f3488-5ad5-4d65-8912-7b3baa54c74a";
const deviceId = "7d4f4b0e-5f0a-4a44-9d57-0f6c1c0c9a01";
const encoder = new Encoder({ useRecords: false, variableMapSize: true, tagUint8Array: false });
const cbor = (data: unknown) =>
  new Response(new Uint8Array(encoder.encode({ success: true, data })), {
    headers: { "content-type": "application/cbor" },
  });
const json = (data: unknown) => Response.json({ success: true, data });

class Tokens implements TokenSource {
  readonly refused: (string | undefined)[] = [];
  readonly ended: string[] = [];
  async accessToken(refused?: string): Promise<string> {
    this.refused.push(refused);
    return `token-${this.refused.length}`;
  }
  async sessionEnded(token: string, error: SyncError): Promise<void> {
    this.ended.push(`${token} ${error.code}`);
  }
}

function apiOf(fetch: Fetch, tokens = new Tokens()) {
  return createApi({ url: "https://sync.example.com", ports: { ...systemPorts, fetch }, tokens: () => tokens });
}
const apiAnswering = (reply: () => Response) => apiOf(async () => reply());
const invalid = expect.objectContaining({ code: "INVALID_REPLY" }) as object;

const put = (recordId: string, version: number) => ({
  record_id: recordId,
  change_type: "insert",
  encrypted_record: new Uint8Array(200),
  record_nonce: new Uint8Array(24),
  record_checksum: new Uint8Array(32),
  changed_at: "2026-11-22T15:07:44.090929Z",
  version,
  device_id: deviceId,
});
const tombstone = (recordId: string, version: number) => ({
  record_id: recordId,
  deleted_at: "2026-11-22T15:07:44.190144Z",
  deleted_by_device_id: deviceId,
  version,
});
const page = {
  data_type: "contacts",
  changes: [put("a", 1), put("c", 3)],
  deleted: [tombstone("b", 2)],
  pagination: { limit: 100, returned_count: 3, has_more: false },
  next_cursor: "AQBnXzSIWtVNZY_-",
  epoch,
  head: 3,
  horizon: 0,
};
const pull = (data: unknown) =>
  apiAnswering(() => cbor(data)).pullPage({ dataType: "contacts", cursor: "initial", limit: 3 });

describe("a page", () => {
  test("rows come in the order of their versions; unknown fields are passed over", async () => {
    const read = await pull({
      ...page,
      new_field: { deep: [1] },
      changes: page.changes.map((row) => ({ ...row, more: 1 })),
    });
    expect(read.rows.map(({ recordId }) => recordId)).toEqual(["a", "b", "c"]);
    expect(read.rows[1]).toEqual({
      kind: "tombstone",
      recordId: "b",
      version: 2,
      changedAt: "2026-11-22T15:07:44.190144Z",
      deviceId,
      envelope: null,
    });
  });

  test("a server that answers in JSON is understood too", async () => {
    const text = JSON.stringify(page, (_, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("base64") : value,
    );
    const api = apiAnswering(() => json(JSON.parse(text)));
    expect((await api.pullPage({ dataType: "contacts", cursor: "initial" })).rows[0]!.envelope).toEqual(
      new Uint8Array(200),
    );
  });

  test.each<[string, unknown]>([
    ["of another collection", { ...page, data_type: "accounts" }],
    ["with more rows than asked for", { ...page, changes: [...page.changes, put("d", 4)], head: 4 }],
    ["with one version twice", { ...page, deleted: [tombstone("b", 3)] }],
    ["with one record twice", { ...page, deleted: [tombstone("a", 2)] }],
    ["with a version above its head", { ...page, head: 2 }],
    ["with a horizon above its head", { ...page, horizon: 4 }],
    ["with a proof above its head", { ...page, proof: { epoch: page.epoch, version: 4, proof: new Uint8Array(32) } }],
    ["with more to come and nothing in it", { ...page, changes: [], deleted: [], pagination: { has_more: true } }],
    ["with a negative version", { ...page, changes: [put("a", -1)], deleted: [] }],
    ["with a version that is no integer", { ...page, changes: [put("a", 1.5)], deleted: [] }],
    ["with a version beyond 2^53", { ...page, head: 2 ** 53 }],
    ["with a version that is text", { ...page, head: "3" }],
    [
      "with a record of 256 KiB and a byte",
      { ...page, changes: [{ ...put("a", 1), encrypted_record: new Uint8Array(262_145) }] },
    ],
    ["with an empty record", { ...page, changes: [{ ...put("a", 1), encrypted_record: new Uint8Array(0) }] }],
    ["with a record id of 256 characters", { ...page, changes: [put("x".repeat(256), 1)] }],
    ["with a record id that is a control character", { ...page, changes: [put("\u0000", 1)] }],
    ["with a cursor that would be another query", { ...page, next_cursor: "a&limit=1" }],
    ["with an epoch that is none", { ...page, epoch: "epoch" }],
    ["with a proof of 31 bytes", { ...page, proof: { epoch, version: 3, proof: new Uint8Array(31) } }],
    ["with a time that is none", { ...page, changes: [{ ...put("a", 1), changed_at: "now" }] }],
    ["that is null", null],
    ["that is a list", []],
    ["without rows", { ...page, changes: undefined }],
  ])("M14, M15: %s is refused", async (_, data) => {
    await expect(pull(data)).rejects.toThrow(invalid);
  });
});

describe("a push", () => {
  const reply = {
    data_type: "contacts",
    version: 5,
    epoch,
    processed_count: 2,
    conflict_count: 1,
    results: [
      { record_id: "a", status: "applied", version: 5, changed_at: "2026-11-22T15:07:44.190144Z" },
      { record_id: "b", status: "unchanged", version: 4 },
      { record_id: "c", status: "conflict" },
    ],
    conflicts: [
      { index: 2, record_id: "c", reason: "STALE", server_version: 3, server_timestamp: null, current: put("c", 3) },
    ],
    synced_at: "2026-11-22T15:07:44.190144Z",
    // A year: more than 32 bits of milliseconds.
    clock_skew_ms: 31_536_000_000,
  };
  const push = (data: unknown) =>
    apiAnswering(() => cbor(data)).push({
      dataType: "contacts",
      body: new Uint8Array(1),
      idempotencyKey: "key",
      recordIds: ["a", "b", "c"],
    });

  test("each change has its result", async () => {
    expect(await push(reply)).toMatchObject({
      head: 5,
      clockSkewMs: 31_536_000_000,
      results: [
        { status: "applied", version: 5 },
        { status: "unchanged", version: 4 },
        { status: "conflict", reason: "STALE", current: { recordId: "c", version: 3 }, isTruncated: false },
      ],
      delta: null,
      nextCursor: null,
    });
  });

  const [a, b, c] = reply.results as [object, object, object];
  const [conflict] = reply.conflicts;
  test.each<[string, unknown]>([
    ["of another collection", { ...reply, data_type: "accounts" }],
    ["with a result too few", { ...reply, results: [a, b] }],
    ["with a result of another record", { ...reply, results: [b, a, c] }],
    ["with a conflict and no word about it", { ...reply, conflicts: [] }],
    [
      "with a conflict of a change that was applied",
      { ...reply, conflicts: [conflict, { ...conflict, index: 0, record_id: "a" }] },
    ],
    ["with a conflict of no change", { ...reply, conflicts: [conflict, { ...conflict, index: 7 }] }],
    ["with a conflict twice", { ...reply, conflicts: [conflict, conflict] }],
    ["with a conflict about another record", { ...reply, conflicts: [{ ...conflict, current: put("b", 3) }] }],
    ["with a version above the head", { ...reply, version: 4 }],
    ["that applied something without a version", { ...reply, results: [{ record_id: "a", status: "applied" }, b, c] }],
    [
      "with a delta that has a record twice",
      { ...reply, delta: { changes: [put("x", 1), put("x", 2)], deleted: [], has_more: false } },
    ],
  ])("M15: a reply %s is refused", async (_, data) => {
    await expect(push(data)).rejects.toThrow(invalid);
  });
});

test("M14: whatever the server answers, it is a value of the type or a SyncError", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.anything({ maxDepth: 4 }).map((value) => JSON.stringify({ success: true, data: value }) ?? "null"),
        fc.jsonValue({ maxDepth: 30 }).map((value) => JSON.stringify(value)),
        fc.string(),
      ),
      fc.constantFrom(200, 201, 204, 301, 400, 401, 404, 410, 418, 500, 503),
      fc.constantFrom("application/json", "application/cbor", "text/html", ""),
      async (body, status, type) => {
        const api = apiAnswering(
          () => new Response(status === 204 ? null : body, { status, headers: { "content-type": type } }),
        );
        const calls = [api.config(), api.prelogin("a@b"), api.status(), api.devices(), api.refresh("token")];
        const outcomes = await Promise.allSettled([
          ...calls,
          api.pullPage({ dataType: "contacts", cursor: "initial" }),
          api.recordHistory({ dataType: "contacts", recordId: "a" }),
        ]);
        for (const outcome of outcomes) {
          if (outcome.status === "rejected") expect(outcome.reason).toBeInstanceOf(SyncError);
        }
      },
    ),
    { numRuns: 200 },
  );
});

describe("the access token", () => {
  const refusal = (code: string) => Response.json({ success: false, error: "", code }, { status: 401 });

  test.each(["TOKEN_EXPIRED", "INVALID_TOKEN"])("after %s once more with another one", async (code) => {
    const tokens = new Tokens();
    const seen: string[] = [];
    const api = apiOf(async (_, init) => {
      seen.push((init.headers as Record<string, string>)["authorization"]!);
      return seen.length === 1 ? refusal(code) : json({});
    }, tokens);
    await api.status();
    expect(seen).toEqual(["Bearer token-1", "Bearer token-2"]);
    expect(tokens.refused).toEqual([undefined, "token-1"]);
  });

  test("twice refused is refused", async () => {
    let requests = 0;
    const api = apiOf(async () => {
      requests += 1;
      return refusal("TOKEN_EXPIRED");
    });
    await expect(api.status()).rejects.toThrow(expect.objectContaining({ code: "TOKEN_EXPIRED" }));
    expect(requests).toBe(2);
  });

  test("that the session is over is told with its token", async () => {
    const tokens = new Tokens();
    const api = apiOf(async () => refusal("SESSION_REVOKED"), tokens);
    await expect(api.status()).rejects.toThrow(expect.objectContaining({ code: "SESSION_REVOKED" }));
    expect(tokens.ended).toEqual(["token-1 SESSION_REVOKED"]);
  });

  test("the secret goes into its header, ids into the path, encoded", async () => {
    const secret = new AuthSecret(new Uint8Array(32));
    let seen: [string, RequestInit] | undefined;
    const api = apiOf(async (url, init) => {
      seen = [url, init];
      return json({});
    });
    await api.revokeDevice("../account?x=", secret);
    expect(seen![0]).toBe("https://sync.example.com/api/v1/devices/..%2Faccount%3Fx%3D");
    expect(seen![1].headers).toMatchObject({ "owlivion-password": secret.exposeWireText() });
  });
});

describe("streams", () => {
  const stream = (type: string, ...chunks: string[]) =>
    new Response(
      new ReadableStream({
        start(controller) {
          for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
          controller.close();
        },
      }),
      { headers: { "content-type": type } },
    );
  const all = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
    const found: T[] = [];
    for await (const item of items) found.push(item);
    return found;
  };
  const events = (...chunks: string[]) => all(apiAnswering(() => stream("text/event-stream", ...chunks)).openEvents());
  const lines = (...chunks: string[]) =>
    all(
      apiAnswering(() => stream("application/x-ndjson", ...chunks)).exportAccount(new AuthSecret(new Uint8Array(32))),
    );

  test("events come in whatever pieces they come; unknown ones are passed over", async () => {
    const change = `{"data_type":"contacts","version":5,"device_id":"${deviceId}","more":1}`;
    expect(
      await events(": conn", "ected\n\nevent: change\nda", `ta: ${change}\n\n`, "event: new\ndata: x\n\n", ":\n\n"),
    ).toEqual([
      { type: "open" },
      { type: "beat" },
      { type: "change", dataType: "contacts", version: 5, deviceId },
      { type: "beat" },
    ]);
  });

  test("M14: an event that is none, a line and an event without an end, end the stream", async () => {
    await expect(events("event: change\ndata: {}\n\n")).rejects.toThrow(invalid);
    await expect(events("data: ", ...Array<string>(100).fill("x".repeat(1024)))).rejects.toThrow(invalid);
    await expect(events(...Array<string>(100).fill(`data: ${"x".repeat(1024)}\n`))).rejects.toThrow(invalid);
  });

  test("whoever goes lets the connection go, at the first event too", async () => {
    let cancelled = 0;
    const endless = (type: string) => () =>
      new Response(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new TextEncoder().encode(":\n\n")),
          cancel: () => {
            cancelled += 1;
          },
        }),
        { headers: { "content-type": type } },
      );
    for (const events of [1, 2]) {
      let left = events;
      for await (const _ of apiAnswering(endless("text/event-stream")).openEvents()) if ((left -= 1) === 0) break;
    }
    await all(apiAnswering(endless("text/html")).openEvents()).catch(() => {});
    await vi.waitFor(() => expect(cancelled).toBe(3));
  });

  test("a page instead of events", async () => {
    const api = apiAnswering(() => stream("text/html", "<html>"));
    await expect(all(api.openEvents())).rejects.toThrow(expect.objectContaining({ code: "NOT_A_SYNC_SERVER" }));
  });

  test("an export is whole with its last line", async () => {
    expect(await lines('{"type":"exp', 'ort"}\n{"type":"end"}\n')).toEqual([{ type: "export" }, { type: "end" }]);
    for (const text of ['{"type":"export"}\n', '{"type":"end"}', '{"type":"end"}\n{"type":"x"}\n', "[]\n", "{\n", ""]) {
      await expect(lines(text), text).rejects.toThrow(invalid);
    }
  });
});
