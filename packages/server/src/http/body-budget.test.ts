import { once } from "node:events";
import { connect, type AddressInfo, type Socket } from "node:net";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BodyBudget, installBodyBudget } from "./body-budget.ts";
import { installErrorHandler } from "./error-handler.ts";

const sizes = { processBytes: 1000, accountBytes: 600, freeBytes: 10 };
const overloaded = expect.objectContaining({ code: "OVERLOADED", retryAfterSeconds: 2 });

describe("BodyBudget", () => {
  test("an account has its part, the process has the whole, small bodies are free", () => {
    const budget = new BodyBudget(sizes);
    const release = budget.take("ada", 600);
    expect(() => budget.take("ada", 11)).toThrow(overloaded);
    budget.take("ada", 10)();
    budget.take("bob", 400);
    expect(() => budget.take("eve", 11)).toThrow(overloaded);
    release();
    release();
    budget.take("ada", 600);
    expect(() => budget.take("eve", 11)).toThrow(overloaded);
  });
});

describe("bodies of requests", () => {
  let app: FastifyInstance;
  let release: PromiseWithResolvers<void>;
  let started: PromiseWithResolvers<void>;
  beforeEach(async () => {
    release = Promise.withResolvers<void>();
    started = Promise.withResolvers<void>();
    app = Fastify({ bodyLimit: 500 });
    installErrorHandler(app);
    app.decorateRequest("session", null);
    app.addHook("onRequest", async (request) => {
      request.session = { userId: String(request.headers["user"]) } as never;
    });
    installBodyBudget(app, new BodyBudget(sizes));
    app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
    app.post("/", async () => "read");
    app.post("/slow", async () => {
      started.resolve();
      await release.promise;
      return "read";
    });
    await app.listen({ port: 0, host: "127.0.0.1" });
  });
  afterEach(async () => {
    release.resolve();
    app.server.closeAllConnections();
    await app.close();
  });

  /** Sends the head of a request and a part of its body. */
  async function stall(user: string, size: string): Promise<Socket> {
    const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
    await once(socket, "connect");
    const arrived = once(app.server, "request");
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: x/y\r\nUser: ${user}\r\n${size}\r\n\r\n`);
    await arrived;
    return socket;
  }
  const post = (user: string, bytes: number, url = "/") =>
    app.inject({
      method: "POST",
      url,
      headers: { user, "content-type": "x/y" },
      payload: Buffer.alloc(bytes),
    });

  test.each([
    ["with a length", "Content-Length: 500"],
    ["in chunks", "Transfer-Encoding: chunked"],
  ])("one that is being read counts, %s, until its connection closes", async (_title, size) => {
    const socket = await stall("ada", size);
    const refused = await post("ada", 200);
    expect([refused.statusCode, refused.json().code, refused.headers["retry-after"]]).toEqual([503, "OVERLOADED", "2"]);
    expect((await post("ada", 10)).statusCode).toBe(200);
    expect((await post("bob", 500)).statusCode).toBe(200);
    socket.destroy();
    await expect.poll(async () => (await post("ada", 500)).statusCode).toBe(200);
  });

  test("one that was answered counts no longer", async () => {
    for (let i = 0; i < 5; i++) expect((await post("ada", 500)).statusCode).toBe(200);
    expect((await post("ada", 501)).statusCode).toBe(413);
    expect((await post("ada", 500)).statusCode).toBe(200);
  });

  test("one that is worked on counts although its caller has hung up", async () => {
    const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1").on("error", () => {});
    socket.write("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Type: x/y\r\nUser: ada\r\nContent-Length: 500\r\n\r\n");
    socket.write(Buffer.alloc(500));
    await started.promise;
    socket.destroy();
    await expect.poll(() => new Promise((resolve) => app.server.getConnections((_e, n) => resolve(n)))).toBe(0);
    expect((await post("ada", 200)).statusCode).toBe(503);
    release.resolve();
    await expect.poll(async () => (await post("ada", 500)).statusCode).toBe(200);
  });
});
