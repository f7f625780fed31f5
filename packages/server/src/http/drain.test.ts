import { once } from "node:events";
import { connect, type AddressInfo } from "node:net";
import Fastify from "fastify";
import { expect, test } from "vitest";
import { installDrain } from "./drain.ts";
import { installErrorHandler } from "./error-handler.ts";

test("stop: what is in flight is answered, what comes after is told SHUTTING_DOWN, unused connections go (S35)", async () => {
  const app = Fastify({ return503OnClosing: false });
  installErrorHandler(app);
  installDrain(app);
  const started = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  app.get("/slow", async () => {
    started.resolve();
    await release.promise;
    return "slow";
  });
  app.get("/late", async () => "late");
  await app.listen({ port: 0, host: "127.0.0.1" });
  const { port } = app.server.address() as AddressInfo;

  const unused = connect(port, "127.0.0.1");
  unused.on("error", () => {});
  await once(unused, "connect");
  const socket = connect(port, "127.0.0.1").setEncoding("utf8");
  let text = "";
  socket.on("data", (chunk: string) => (text += chunk));
  const request = (path: string) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`;
  socket.write(request("/slow"));
  await started.promise;

  const closed = app.close();
  await once(unused, "close");
  const late = once(app.server, "request");
  socket.write(request("/late"));
  await late;
  release.resolve();
  await once(socket, "close");
  await closed;
  expect(text).toMatch(/^HTTP\/1\.1 200 OK[\s\S]*slow/);
  expect(text).toMatch(/HTTP\/1\.1 503 [\s\S]*retry-after: 2[\s\S]*"code":"SHUTTING_DOWN"/);
  expect(text).not.toContain("late");
});
