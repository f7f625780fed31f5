import { randomUUID } from "node:crypto";
import type { AddressInfo } from "node:net";
import { limits } from "@owlivion/sync-protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { uploadedChange } from "../../test/support/batches.ts";
import { startTestServer, type TestAccount, type TestServer } from "../../test/support/server.ts";

const waiting = { timeout: 10_000 };

let server: TestServer;
let second: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  second = await startTestServer({ database: server.database });
  for (const { app } of [server, second]) await app.listen({ port: 0, host: "127.0.0.1" });
});
afterAll(async () => {
  await second.close();
  await server.close();
});

/** A stream over a real socket, as text that grows. */
class OpenStream {
  text = "";
  isEnded = false;
  readonly response: Response;
  readonly #abort: AbortController;

  private constructor(response: Response, abort: AbortController) {
    this.response = response;
    this.#abort = abort;
  }

  static async open(account: TestAccount, at = server): Promise<OpenStream> {
    const address = at.app.server.address() as AddressInfo;
    const abort = new AbortController();
    const response = await fetch(`http://${address.address}:${address.port}/api/v1/sync/events`, {
      headers: { authorization: `Bearer ${account.session.tokens.access_token}` },
      signal: abort.signal,
    });
    const stream = new OpenStream(response, abort);
    void stream.#read();
    return stream;
  }

  async #read(): Promise<void> {
    try {
      for await (const chunk of this.response.body!) this.text += Buffer.from(chunk).toString();
    } catch {
      // Cut by us or by the server: either way it is over.
    }
    this.isEnded = true;
  }

  events(): unknown[] {
    return [...this.text.matchAll(/^event: change\ndata: (.*)$/gm)].map((match) => JSON.parse(match[1]!));
  }

  close(): void {
    this.#abort.abort();
  }
}

const push = (account: TestAccount, id: string) =>
  account.inject({
    method: "POST",
    url: "/api/v1/sync/contacts/delta",
    payload: { changes: [uploadedChange({ id, text: id })], device_id: account.deviceId },
  });

test("events: a push is announced to every device of the account, through either process, and to nobody else", async () => {
  const laptop = await server.register();
  const phone = await server.signIn(laptop, { device_id: randomUUID() });
  const eve = await server.register();
  const streams = [await OpenStream.open(laptop), await OpenStream.open(phone, second)];
  const other = await OpenStream.open(eve);
  expect(streams[0]!.response.headers.get("content-type")).toContain("text/event-stream");
  expect(streams[0]!.response.headers.get("cache-control")).toContain("no-store");
  expect(streams[0]!.response.headers.get("x-content-type-options")).toBe("nosniff");
  await push(laptop, "a");
  const event = { data_type: "contacts", version: 1, device_id: laptop.deviceId };
  for (const stream of streams) await expect.poll(() => stream.events(), waiting).toEqual([event]);
  // Announced, so all that came before it has arrived as well.
  await push(eve, "b");
  await expect.poll(() => other.events(), waiting).toEqual([{ ...event, device_id: eve.deviceId }]);
  for (const stream of [...streams, other]) stream.close();
});

test("events: revoking a device ends its streams at once in every process, the others go on (S42)", async () => {
  const laptop = await server.register();
  const phone = await server.signIn(laptop, { device_id: randomUUID() });
  const own = await OpenStream.open(laptop);
  const revoked = [await OpenStream.open(phone), await OpenStream.open(phone, second)];
  const reply = await laptop.inject({ method: "DELETE", url: `/api/v1/devices/${phone.deviceId}` });
  expect(reply.statusCode).toBe(200);
  for (const stream of revoked) await expect.poll(() => stream.isEnded, waiting).toBe(true);
  await push(laptop, "a");
  await expect.poll(() => own.events(), waiting).toHaveLength(1);
  expect(own.isEnded).toBe(false);
  own.close();
});

test("events: without a token 401; more streams than a device may hold 429; a closed one makes room", async () => {
  const account = await server.register();
  const anonymous = await server.app.inject({ method: "GET", url: "/api/v1/sync/events" });
  expect(anonymous.json()).toMatchObject({ code: "AUTHENTICATION_REQUIRED" });
  const streams = [];
  for (let i = 0; i < limits.maxStreamsPerDevice; i++) streams.push(await OpenStream.open(account));
  const refused = await account.inject({ method: "GET", url: "/api/v1/sync/events" });
  expect(refused.statusCode).toBe(429);
  expect(refused.json()).toMatchObject({ code: "TOO_MANY_STREAMS" });
  streams.pop()!.close();
  await expect
    .poll(async () => {
      const stream = await OpenStream.open(account);
      stream.close();
      return stream.response.status;
    }, waiting)
    .toBe(200);
  for (const stream of streams) stream.close();
});

test("events: a server that stops ends its streams and closes without waiting for the readers (S35)", async () => {
  const third = await startTestServer({ database: server.database });
  await third.app.listen({ port: 0, host: "127.0.0.1" });
  const account = await third.register();
  const stream = await OpenStream.open(account, third);
  expect(stream.response.status).toBe(200);
  await third.close();
  await expect.poll(() => stream.isEnded, waiting).toBe(true);
});
