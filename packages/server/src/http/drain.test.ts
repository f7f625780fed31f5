import { once } from "node:events";
import { connect, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { installDrain } from "./drain.ts";
import { installErrorHandler } from "./error-handler.ts";

const bigBytes = 32 * 1024 * 1024;

let app: FastifyInstance;
let started: PromiseWithResolvers<void>;
let release: PromiseWithResolvers<void>;
beforeEach(async () => {
  started = Promise.withResolvers<void>();
  release = Promise.withResolvers<void>();
  app = Fastify({ return503OnClosing: false, keepAliveTimeout: 60_000 });
  installErrorHandler(app);
  installDrain(app);
  app.get("/slow", async () => {
    started.resolve();
    await release.promise;
    return "slow";
  });
  app.get("/late", async () => "late");
  app.get("/big", async () => Buffer.alloc(bigBytes, "b"));
  app.get("/stream", (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { "content-type": "text/event-stream" });
    reply.raw.write(": connected\n\n");
    started.resolve();
    void release.promise.then(() => reply.raw.end());
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
});
afterEach(() => app.close());

async function open(): Promise<{ socket: Socket; text: () => string }> {
  const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1").setEncoding("utf8");
  let text = "";
  socket.on("data", (chunk: string) => (text += chunk)).on("error", () => {});
  await once(socket, "connect");
  return { socket, text: () => text };
}

const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;

test("stop: what is in flight is answered, what comes after is told SHUTTING_DOWN, unused connections go (S35)", async () => {
  const unused = await open();
  const used = await open();
  used.socket.write(request("/slow"));
  await started.promise;

  const closed = app.close();
  await once(unused.socket, "close");
  const late = once(app.server, "request");
  used.socket.write(request("/late"));
  await late;
  release.resolve();
  await once(used.socket, "close");
  await closed;
  expect(used.text()).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*slow/);
  expect(used.text()).toMatch(
    /HTTP\/1\.1 503 [\s\S]*connection: close[\s\S]*retry-after: 2[\s\S]*"code":"SHUTTING_DOWN"/i,
  );
  expect(used.text()).not.toContain("late");
});

test("stop: a connection whose last reply was in flight does not hold up the stop (S35)", async () => {
  const { socket, text } = await open();
  socket.write(request("/slow"));
  await started.promise;
  const closed = app.close();
  await sleep(50);
  release.resolve();
  await Promise.all([closed, once(socket, "close")]);
  expect(text()).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*connection: close[\s\S]*slow$/i);
}, 3000);

test("stop: the connection of an event stream that ends goes too", async () => {
  const { socket, text } = await open();
  socket.write(request("/stream"));
  await started.promise;
  const closed = app.close();
  release.resolve();
  await Promise.all([closed, once(socket, "close")]);
  expect(text()).toContain(": connected");
}, 3000);

test("stop: a reply that is still being sent is sent whole", async () => {
  const { socket, text } = await open();
  socket.pause();
  const sent = once(app.server, "request");
  socket.write(request("/big"));
  await sent;
  await sleep(100);
  const closed = app.close();
  await sleep(50);
  socket.resume();
  await Promise.all([closed, once(socket, "close")]);
  expect(text().split("\r\n\r\n")[1]?.length).toBe(bigBytes);
}, 10_000);
