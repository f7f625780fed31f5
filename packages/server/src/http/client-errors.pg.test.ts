import { once } from "node:events";
import { connect, type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../test/support/server.ts";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.app.listen({ port: 0, host: "127.0.0.1" });
});
afterAll(() => server.close());

async function sendRaw(bytes: string): Promise<string> {
  const socket = connect((server.app.server.address() as AddressInfo).port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(bytes);
  return await text(socket);
}

test.each([
  ["no HTTP at all", "nonsense\r\n\r\n", 400, "INVALID_REQUEST"],
  ["headers without end", `GET / HTTP/1.1\r\nx: ${"y".repeat(40_000)}`, 431, "HEADERS_TOO_LARGE"],
])("what is no request gets a code too: %s", async (_title, bytes, status, code) => {
  const reply = await sendRaw(bytes);
  expect(reply).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(JSON.parse(reply.slice(reply.indexOf("{")))).toMatchObject({ success: false, code });
});
