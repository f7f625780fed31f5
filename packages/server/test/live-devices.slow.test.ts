import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { ChangeEvent } from "@owlivion/sync-protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { uploadedChange } from "./support/batches.ts";
import { startTestServer, type TestAccount, type TestServer } from "./support/server.ts";
import { applyPage, type CursorPageData, type Uploaded } from "./support/sync-client.ts";

// Three devices on which somebody types for two minutes, in real time, at the default limits, with the engine's habits: typing is
// coalesced to a push every two seconds, an event brings a pull, the status is asked for now and then.

const typingMs = Number(process.env["LIVE_SECONDS"] ?? 120) * 1000;
const pushEveryMs = 2_000;
const statusEveryMs = 10_000;

let server: TestServer;
let address: string;
beforeAll(async () => {
  server = await startTestServer({ config: { rateLimitScale: 1 } });
  address = await server.app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(() => server.close());

class LiveDevice {
  readonly state = new Map<string, number>();
  readonly statuses = new Map<number, number>();
  readonly #account: TestAccount;
  #cursor = "initial";
  /** One request of the engine at a time, and one pull for however many events. */
  #busy: Promise<unknown> = Promise.resolve();
  #isPullWaiting = false;
  readonly #closing = new AbortController();

  constructor(account: TestAccount) {
    this.#account = account;
  }

  async listen(): Promise<void> {
    const response = await this.#fetch("/sync/events", { signal: this.#closing.signal });
    expect(response.status).toBe(200);
    void this.#readEvents(response).catch(() => {}); // Ends when we close it.
  }

  close(): void {
    this.#closing.abort();
  }

  push(id: string, text: string): Promise<void> {
    return this.#inTurn(async () => {
      const response = await this.#fetch("/sync/contacts/delta", {
        method: "POST",
        headers: { "content-type": "application/json", "idempotency-key": randomUUID() },
        body: JSON.stringify({
          device_id: this.#account.deviceId,
          changes: [uploadedChange({ id, text })],
          ...(this.#cursor === "initial" ? {} : { cursor: this.#cursor }),
        }),
      });
      if (response.status !== 200) return;
      const { data } = (await response.json()) as { data: Uploaded };
      if (data.delta !== undefined) applyPage(this.state, data.delta);
      for (const { record_id, version } of data.results) if (version !== undefined) this.state.set(record_id, version);
      this.#cursor = data.next_cursor ?? this.#cursor;
    });
  }

  pull(): Promise<void> {
    if (this.#isPullWaiting) return Promise.resolve();
    this.#isPullWaiting = true;
    return this.#inTurn(async () => {
      this.#isPullWaiting = false;
      for (let hasMore = true; hasMore;) {
        const response = await this.#fetch(`/sync/contacts/delta?cursor=${this.#cursor}`);
        if (response.status !== 200) return;
        const { data } = (await response.json()) as { data: CursorPageData };
        applyPage(this.state, data);
        this.#cursor = data.next_cursor;
        hasMore = data.pagination.has_more;
      }
    });
  }

  async status(): Promise<void> {
    await (await this.#fetch("/sync/status")).arrayBuffer();
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#busy.then(work);
    this.#busy = turn.catch(() => {});
    return turn;
  }

  async #readEvents(response: Response): Promise<void> {
    let rest = "";
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const events = (rest + chunk).split("\n\n");
      rest = events.pop()!;
      for (const event of events) {
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (data === undefined) continue;
        if ((JSON.parse(data) as ChangeEvent).device_id !== this.#account.deviceId) await this.pull();
      }
    }
  }

  async #fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const authorization = `Bearer ${this.#account.session.tokens.access_token}`;
    const headers = { ...(init.headers as Record<string, string>), authorization };
    const response = await fetch(`${address}/api/v1${path}`, { ...init, headers });
    this.statuses.set(response.status, (this.statuses.get(response.status) ?? 0) + 1);
    return response;
  }
}

test(
  "live typing on three devices never meets a limit, and what is typed appears on all of them",
  async () => {
    const account = await server.register();
    const accounts = [account];
    while (accounts.length < 3) accounts.push(await server.signIn(account, { device_id: randomUUID() }));
    const devices = accounts.map((one) => new LiveDevice(one));
    for (const device of devices) {
      await device.pull();
      await device.listen();
    }
    const turns = (ms: number) => Math.ceil(typingMs / ms);
    const every = async (ms: number, work: (turn: number) => Promise<void>) => {
      for (let turn = 0; turn < turns(ms); turn += 1) {
        await work(turn);
        await sleep(ms);
      }
    };
    await Promise.all(
      devices.flatMap((device, i) => [
        every(pushEveryMs, (turn) => device.push(turn % 3 === 0 ? "shared" : `note ${i}`, `typed ${turn}`)),
        every(statusEveryMs, () => device.status()),
      ]),
    );
    for (const device of devices) await device.pull();
    const [first, ...others] = devices.map((device) => new Map([...device.state].toSorted()));
    expect([...first!.keys()]).toEqual(["note 0", "note 1", "note 2", "shared"]);
    for (const other of others) expect(other).toEqual(first);
    for (const device of devices) {
      device.close();
      expect([...device.statuses.keys()]).toEqual([200]);
      const ownRequests = turns(pushEveryMs) + turns(statusEveryMs) + 3; // Two pulls and the event stream, besides what is repeated.
      expect(device.statuses.get(200), "some pulls were brought by events").toBeGreaterThan(ownRequests);
    }
  },
  typingMs + 60_000,
);
