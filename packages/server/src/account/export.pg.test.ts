import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { text as toText } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fillAccount, push } from "../../test/support/fill-account.ts";
import { sealedFields, startTestServer, type TestAccount, type TestServer } from "../../test/support/server.ts";
import { openExport } from "./export-account.ts";
import { ExportStreams } from "./export-stream.ts";

let server: TestServer;
beforeAll(async () => (server = await startTestServer()));
afterAll(() => server.close());

type Line = Record<string, unknown> & { type: string };
const parse = (text: string): Line[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
const fetchExport = (account: TestAccount, headers = {}) => account.inject({ url: "/api/v1/account/export", headers });
const text = (value: unknown) => Buffer.from(String(value), "base64").toString();

describe("the export", () => {
  test("holds everything about the account, in the order of versions, and ends with a count", async () => {
    const account = await server.register();
    await fillAccount(account);
    const stranger = await server.register();
    await fillAccount(stranger);

    const reply = await fetchExport(account);
    expect(reply.headers["content-type"]).toBe("application/x-ndjson; charset=utf-8");
    const lines = parse(reply.body);
    const of = (type: string, dataType?: string) =>
      lines.filter((line) => line.type === type && (dataType === undefined || line["data_type"] === dataType));

    expect(lines[0]).toMatchObject({ type: "export", format: 1 });
    expect(of("account")).toMatchObject([{ id: account.userId, email: account.email, kind: "plain" }]);
    expect(of("device")).toMatchObject([{ device_id: account.deviceId }]);
    expect(of("session")).toHaveLength(1);
    for (const dataType of ["contacts", "signatures"]) {
      expect(of("collection", dataType)).toMatchObject([{ head: 5, record_count: 2, tombstone_count: 1 }]);
      expect(
        of("record", dataType).map((line) => [line["record_id"], line["version"], text(line["encrypted_record"])]),
      ).toEqual([
        ["ada", 1, `ada of ${dataType}`],
        ["bob", 4, `bob again of ${dataType}`],
      ]);
      expect(of("tombstone", dataType)).toMatchObject([{ record_id: "eve", version: 5 }]);
      expect(
        of("history", dataType).map((line) => [line["record_id"], line["change_type"], line["superseded_version"]]),
      ).toEqual([
        ["bob", "insert", 4],
        ["eve", "insert", 5],
        ["eve", "delete", 5],
      ]);
      expect(of("blob", dataType).map((line) => text(line["encrypted_blob"]))).toEqual([`blob of ${dataType}`]);
    }
    expect(of("audit").length).toBeGreaterThanOrEqual(6);
    expect(lines.at(-1)).toEqual({ type: "end", lines: lines.length - 1 });
    expect(reply.body).not.toContain(stranger.email);
    expect(reply.body).not.toContain(stranger.userId);
    expect(reply.body).not.toContain("$argon2id");
  });

  test("of a sealed account needs the secret and holds the wrapped keys", async () => {
    const account = await server.register(sealedFields());
    expect((await fetchExport(account)).json().code).toBe("REAUTH_REQUIRED");
    const lines = parse((await fetchExport(account, { "owlivion-password": account.password })).body);
    expect(lines.filter((line) => line.type === "keys")).toMatchObject([{ version: 1, ...sealedFields().keys }]);
    expect(lines.find((line) => line.type === "account")).toMatchObject({ kdf_seed: sealedFields().kdf_seed });
  });

  test("is one snapshot: what is written while somebody reads it is not in it", async () => {
    const account = await server.register();
    await push(
      account,
      "contacts",
      Array.from({ length: 100 }, (_, i) => ({ id: `r${i}`, type: "insert", text: "old" })),
    );
    const { lines, close } = await openExport(server.context.connection, account.userId);
    let read = (await lines.next()).value as string;
    await push(account, "contacts", [
      { id: "r99", type: "update", text: "new" },
      { id: "r98", type: "delete" },
      { id: "late", type: "insert", text: "new" },
    ]);
    for await (const part of lines) read += part;
    await close();
    const records = parse(read).filter((line) => line.type === "record");
    expect(records).toHaveLength(100);
    expect(new Set(records.map((line) => text(line["encrypted_record"])))).toEqual(new Set(["old"]));
  });

  test("takes a few rows at a time", async () => {
    const account = await server.register();
    const payload = "x".repeat(200_000);
    for (let batch = 0; batch < 2; batch++) {
      const changes = Array.from({ length: 50 }, (_, i) => ({
        id: `b${batch}r${i}`,
        type: "insert" as const,
        text: payload,
      }));
      await push(account, "contacts", changes);
    }
    const { lines, close } = await openExport(server.context.connection, account.userId);
    let largest = 0;
    for await (const part of lines) largest = Math.max(largest, part.length);
    await close();
    expect(largest).toBeLessThan(12_000_000);
    expect(largest).toBeGreaterThan(1_000_000);
  });

  test("readers that leave give their place and connection back; a third at the same time must wait", async () => {
    const account = await server.register();
    await server.app.listen({ port: 0 });
    const address = server.app.server.address();
    const url = `http://localhost:${typeof address === "object" ? address?.port : ""}/api/v1/account/export`;
    const changes = Array.from({ length: 60 }, (_, i) => ({
      id: `r${i}`,
      type: "insert" as const,
      text: "x".repeat(190_000),
    }));
    await push(account, "contacts", changes);
    const read = () => request(url, account.session.tokens.access_token);
    for (let round = 0; round < 3; round++) {
      const open = [await read(), await read()];
      expect(open.map((reply) => reply.statusCode)).toEqual([200, 200]);
      const third = await read();
      expect(third.statusCode).toBe(503);
      for (const reply of [...open, third]) reply.destroy();
      await expect.poll(async () => await openConnections()).toBe(0);
    }
    const whole = await toText(await read());
    expect(parse(whole).at(-1)).toMatchObject({ type: "end" });
  });
});

test("a reader that sits there without reading loses its place", async () => {
  const account = await server.register();
  await fillAccount(account);
  const streams = new ExportStreams(server.context.connection, { idleTimeoutMs: 1_500 });
  const failures: Promise<unknown[]>[] = [];
  for (let readers = 0; readers < 2; readers += 1) failures.push(once(await streams.open(account.userId), "error"));
  await expect(streams.open(account.userId)).rejects.toMatchObject({ code: "OVERLOADED" });
  expect(await Promise.all(failures)).toMatchObject([[{ code: "25P03" }], [{ code: "25P03" }]]);
  (await streams.open(account.userId)).destroy();
});

/** On a connection of its own, which is destroyed with the reply. */
async function request(url: string, accessToken: string): Promise<IncomingMessage> {
  return await new Promise((resolve, reject) => {
    get(url, { agent: false, headers: { authorization: `Bearer ${accessToken}` } }, resolve).on("error", reject);
  });
}

async function openConnections(): Promise<number> {
  const { rows } = await server.pool.query(
    "select count(*)::int as n from pg_stat_activity where application_name = 'owlivion-sync-export' and datname = current_database()",
  );
  return rows[0].n as number;
}
