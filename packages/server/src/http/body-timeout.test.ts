import { once } from "node:events";
import { connect, type AddressInfo, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import Fastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import { installBodyTimeout } from "./body-timeout.ts";
import { installErrorHandler } from "./error-handler.ts";

const windowMs = 200;
const bodyBytes = 200 * 1024;

let app: FastifyInstance;
beforeEach(async () => {
  app = Fastify({ bodyLimit: 1024 * 1024 });
  installErrorHandler(app);
  installBodyTimeout(app, windowMs);
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  app.post("/", async (request) => {
    await sleep(2 * windowMs); // what is done with the body takes no part in the time it has
    return `read ${(request.body as Buffer).length}`;
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
});
afterEach(() => app.close());

async function send(headers: string): Promise<{ socket: Socket; reply: () => Promise<string> }> {
  const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1").setEncoding("utf8");
  let text = "";
  socket.on("data", (chunk: string) => (text += chunk)).on("error", () => {});
  await once(socket, "connect");
  socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Type: x/y\r\nConnection: close\r\n${headers}\r\n\r\n`);
  return { socket, reply: async () => (socket.closed || (await once(socket, "close")), text) };
}

test.each([
  ["with a length", `Content-Length: ${bodyBytes}`],
  ["in chunks", "Transfer-Encoding: chunked"],
])("a body that stalls is cut: %s", async (_title, headers) => {
  const { socket, reply } = await send(headers);
  socket.write(headers.startsWith("T") ? "5\r\nhello\r\n" : "hello");
  expect(await reply()).toMatch(/^HTTP\/1\.1 408 [\s\S]*connection: close[\s\S]*"code":"REQUEST_TIMEOUT"/i);
});

test("a body that comes in drops is cut", async () => {
  const { socket, reply } = await send(`Content-Length: ${bodyBytes}`);
  const drops = setInterval(() => socket.write("drop"), windowMs / 10);
  expect(await reply()).toMatch(/^HTTP\/1\.1 408 /);
  clearInterval(drops);
});

test("a slow but steady body passes, and what is done with it may take longer", async () => {
  const { socket, reply } = await send(`Content-Length: ${bodyBytes}`);
  for (let sent = 0; sent < bodyBytes; sent += 20 * 1024) {
    socket.write(Buffer.alloc(20 * 1024));
    await sleep(windowMs / 3);
  }
  expect(await reply()).toMatch(/^HTTP\/1\.1 200 [\s\S]*read 204800$/);
});
