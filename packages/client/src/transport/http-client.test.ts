import { describe, expect, test, vi } from "vitest";
import { SyncError } from "../errors.ts";
import { type Fetch, systemClock, systemPorts } from "../ports.ts";
import { ClockOffset } from "./clock-offset.ts";
import { HttpClient, type HttpRequest, type Traffic } from "./http-client.ts";

const get: HttpRequest = { method: "GET", path: "/api/v1/config", headers: {} };

function clientOf(fetch: Fetch, onTraffic?: (traffic: Traffic) => void): HttpClient {
  // Time passes a thousand times as fast.
  const clock = {
    ...systemClock,
    schedule: (ms: number, callback: () => void) => systemClock.schedule(ms / 1000, callback),
  };
  return new HttpClient({
    url: "https://sync.example.com/owl",
    ports: { ...systemPorts, clock, fetch },
    clockOffset: new ClockOffset(),
    ...(onTraffic === undefined ? {} : { onTraffic }),
  });
}

const answering = (reply: () => Response) => clientOf(async () => reply());
const failure = (client: HttpClient, request = get): Promise<SyncError> =>
  client.send(request).then(
    () => expect.unreachable(),
    (error: unknown) => error as SyncError,
  );
const html =
  (status: number, headers: Record<string, string> = {}) =>
  () =>
    new Response("<html>", { status, headers: { "content-type": "text/html", ...headers } });
const error =
  (status: number, body: object, headers: Record<string, string> = {}) =>
  () =>
    Response.json({ success: false, error: "text of the server", ...body }, { status, headers });

const json =
  (status: number, text: string, headers: Record<string, string> = {}) =>
  () =>
    new Response(text, { status, headers: { "content-type": "application/json; charset=utf-8", ...headers } });

test("what is sent, and how", async () => {
  const fetch = vi.fn<Fetch>(async () => Response.json({}));
  const traffic: Traffic[] = [];
  const body = new Uint8Array(10);
  await clientOf(fetch, (each) => traffic.push(each)).send({ ...get, method: "POST", headers: { a: "b" }, body });
  expect(fetch.mock.calls[0]![0]).toBe("https://sync.example.com/owl/api/v1/config");
  expect(fetch.mock.calls[0]![1]).toMatchObject({
    method: "POST",
    headers: { a: "b" },
    body,
    redirect: "error",
    cache: "no-store",
    credentials: "omit",
  });
  expect(traffic).toEqual([
    { dataType: null, sentBytes: 10, receivedBytes: 0 },
    { dataType: null, sentBytes: 0, receivedBytes: 2 },
  ]);
});

test("R19: a server without TLS is refused before anything is sent", () => {
  const options = { ports: systemPorts, clockOffset: new ClockOffset(), url: "http://sync.example.com" };
  expect(() => new HttpClient(options)).toThrow(expect.objectContaining({ code: "INSECURE_URL" }));
});

describe("what comes instead of a success", () => {
  test.each([
    ["a page of a captive portal's 404", html(404), "NOT_A_SYNC_SERVER", null],
    ["its redirect", html(302), "NOT_A_SYNC_SERVER", null],
    ["a proxy that wants a password", html(401), "NOT_A_SYNC_SERVER", null],
    ["a proxy without a server", html(502), "OVERLOADED", null],
    ["a proxy that asks for patience", html(503, { "retry-after": "120" }), "OVERLOADED", 120_000],
    ["a proxy that waited in vain", html(504), "OVERLOADED", null],
    ["a proxy's rate limit", html(429, { "retry-after": "7" }), "RATE_LIMITED", 7000],
    ["a proxy's limit of bodies", html(413), "BODY_TOO_LARGE", null],
    ["an error of ours that is cut", json(413, '{"success":false,"code":"QUOTA_EXC'), "INVALID_REPLY", null],
    ["one of which nothing is left", json(401, ""), "INVALID_REPLY", null],
    ["one that is cut, and asks for patience", json(503, "{", { "retry-after": "3" }), "OVERLOADED", 3000],
    ["an error of ours", error(429, { code: "RATE_LIMITED" }, { "retry-after": "3" }), "RATE_LIMITED", 3000],
    ["a code of a newer server, its fault", error(500, { code: "NEW_TROUBLE" }), "INTERNAL_ERROR", null],
    ["a code of a newer server, our fault", error(418, { code: "NEW_RULE" }), "INVALID_REQUEST", null],
    ["a code that is none", error(400, { code: "<script>" }), "NOT_A_SYNC_SERVER", null],
    ["a code of Object.prototype", error(500, { code: "CONSTRUCTOR" }), "INTERNAL_ERROR", null],
    ["an epoch change without its epochs", error(410, { code: "EPOCH_CHANGED" }), "INVALID_REPLY", null],
    ["a bad Retry-After", html(503, { "retry-after": "-1" }), "OVERLOADED", null],
    [
      "one that is a date",
      html(503, { "retry-after": "Thu, 01 Jan 2026 00:01:00 GMT", date: "Thu, 01 Jan 2026 00:00:00 GMT" }),
      "OVERLOADED",
      60_000,
    ],
  ] as const)("%s", async (_, reply, code, retryAfterMs) => {
    const failed = await failure(answering(reply));
    expect(failed).toMatchObject({ code, retryAfterMs });
    expect(failed.message).not.toContain("text of the server");
  });

  test("details are kept where they are needed and fit, and nothing else of them", async () => {
    const epoch = "675f3488-5ad5-4d65-8912-7b3baa54c74a";
    const details = { epoch, epochs: [{ epoch, version: null, secret: 1 }] };
    expect((await failure(answering(error(410, { code: "EPOCH_CHANGED", details })))).details).toEqual({
      epoch,
      epochs: [{ epoch, version: null }],
    });
    for (const version of [-1, 1.5, 2 ** 53, "1"]) {
      const bad = { epoch, epochs: [{ epoch, version }] };
      expect((await failure(answering(error(410, { code: "EPOCH_CHANGED", details: bad })))).code).toBe(
        "INVALID_REPLY",
      );
    }
    expect((await failure(answering(error(400, { code: "INVALID_REQUEST", details: "x" })))).details).toBeUndefined();
  });

  test("the id of the request is kept, if it is one", async () => {
    const id = (value: string) => failure(answering(error(500, { code: "INTERNAL_ERROR" }, { "x-request-id": value })));
    expect((await id("cb8369f9-3b6c")).requestId).toBe("cb8369f9-3b6c");
    expect((await id("<b>bold</b>")).requestId).toBeNull();
  });
});

describe("what the network does", () => {
  test("R20: a failure tells its code, never what was sent", async () => {
    const fetch: Fetch = async (url) => {
      throw Object.assign(new TypeError(`cannot reach ${url}`), {
        cause: { code: "ECONNREFUSED", address: "10.0.0.1" },
      });
    };
    const failed = await failure(clientOf(fetch));
    expect(failed).toMatchObject({ code: "OFFLINE", details: { reason: "ECONNREFUSED" } });
    expect(`${failed.message}${JSON.stringify(failed)}${String(failed.cause)}`).not.toMatch(/sync\.example|10\.0/);
  });

  test("an answer that never comes is a TIMEOUT, even when fetch does not heed its signal", async () => {
    expect((await failure(clientOf(() => new Promise(() => {})))).code).toBe("TIMEOUT");
  });

  test("an answer that stops half-way is a TIMEOUT, one that is cut off OFFLINE", async () => {
    const stalled = () => new Response(new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(3)) }));
    expect((await failure(answering(stalled))).code).toBe("TIMEOUT");
    const cut = () => new Response(new ReadableStream({ pull: (stream) => stream.error(new TypeError("terminated")) }));
    expect((await failure(answering(cut))).code).toBe("OFFLINE");
  });

  test("a slow answer that goes on is waited for", async () => {
    let left = 10;
    const slow = () =>
      new Response(
        new ReadableStream({
          async pull(stream) {
            await new Promise((resolve) => setTimeout(resolve, 10));
            if ((left -= 1) === 0) stream.close();
            else stream.enqueue(new Uint8Array(1));
          },
        }),
      );
    expect((await answering(slow).send(get)).body.length).toBe(9);
  });

  test("whoever cancels is told so, and the answer is let go", async () => {
    const caller = new AbortController();
    let signal: AbortSignal | null | undefined;
    const client = clientOf((_, init) => {
      signal = init.signal;
      return new Promise(() => {});
    });
    const failed = failure(client, { ...get, signal: caller.signal });
    caller.abort();
    expect((await failed).code).toBe("CANCELLED");
    expect(signal?.aborted).toBe(true);
    expect((await failure(client, { ...get, signal: AbortSignal.abort() })).code).toBe("CANCELLED");
  });

  test("M14: an endless answer is cut at its limit, whatever its status", async () => {
    for (const status of [200, 500]) {
      let isCancelled = false;
      const endless = () =>
        new Response(
          new ReadableStream({
            pull: (stream) => stream.enqueue(new Uint8Array(1024 * 1024)),
            cancel: () => {
              isCancelled = true;
            },
          }),
          { status },
        );
      expect((await failure(answering(endless))).code).toBe("INVALID_REPLY");
      await vi.waitFor(() => expect(isCancelled).toBe(true));
    }
  });
});
