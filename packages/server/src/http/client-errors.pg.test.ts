import { once } from "node:events";
import { connect, type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../test/support/server.ts";
import { securityHeaders } from "./security.ts";

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

const auth = "POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nConnection: close\r\n";

test.each([
  ["no HTTP at all", "nonsense\r\n\r\n", 400, "INVALID_REQUEST"],
  ["headers without end", `GET / HTTP/1.1\r\nx: ${"y".repeat(40_000)}`, 431, "HEADERS_TOO_LARGE"],
  [
    "a URL that cannot be decoded",
    "GET /api/v1/sync/%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    404,
    "NOT_FOUND",
  ],
  ["a method that no route takes", "QUERY /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404, "NOT_FOUND"],
  ["no Host", "GET /health HTTP/1.1\r\nConnection: close\r\n\r\n", 400, "INVALID_REQUEST"],
  ["an odd Expect", `${auth}Content-Length: 2\r\nExpect: nonsense\r\n\r\n{}`, 400, "INVALID_REQUEST"],
])("what is no request gets a code too: %s", async (_title, bytes, status, code) => {
  const reply = await sendRaw(bytes);
  expect(reply).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(JSON.parse(reply.slice(reply.indexOf("{")))).toMatchObject({ success: false, code });
  for (const [name, value] of Object.entries(securityHeaders)) expect(reply).toContain(`\r\n${name}: ${value}\r\n`);
});

test("the page at /docs has its files and a policy that lets them in; every answer has the headers", async () => {
  const page = await server.app.inject("/docs/");
  expect([page.statusCode, page.headers["content-security-policy"]]).toEqual([
    200,
    expect.stringContaining("script-src 'self'"),
  ]);
  const scripts = [...page.body.matchAll(/<script src="\.?([^"]+)"/g)].map((match) => match[1]);
  expect(scripts.length).toBeGreaterThan(0);
  for (const script of scripts) {
    expect((await server.app.inject(script!.startsWith("/docs") ? script! : `/docs${script}`)).statusCode).toBe(200);
  }
  for (const url of ["/health", "/nowhere", "/api/v1/devices"]) {
    expect((await server.app.inject(url)).headers, url).toMatchObject(securityHeaders);
  }
});
