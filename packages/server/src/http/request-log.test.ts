import Fastify, { LogController, type FastifyBaseLogger } from "fastify";
import { pino } from "pino";
import { expect, test } from "vitest";
import { addressKey } from "./address-key.ts";
import { installRequestLog, toNetwork } from "./request-log.ts";

test("a request is one line: its route, no record id, no query, no header, no whole address", async () => {
  const lines: string[] = [];
  const loggerInstance: FastifyBaseLogger = pino({ base: null }, { write: (line: string) => void lines.push(line) });
  const app = Fastify({ loggerInstance, logController: new LogController({ disableRequestLogging: true }) });
  installRequestLog(app);
  app.get("/records/:record_id", async () => "found");
  await app.inject({ url: "/records/canary?cursor=canary", headers: { authorization: "canary" } });
  await app.inject("/canary");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { method: "GET", route: "/records/:record_id", status: 200, ms: expect.any(Number), from: "127.0.0.0/24" },
    { method: "GET", route: "none", status: 404 },
  ]);
  expect(lines.join("")).not.toMatch(/canary|127\.0\.0\.1/);
});

test.each([
  ["203.0.113.77", "203.0.113.0/24"],
  ["::ffff:203.0.113.77", "203.0.113.0/24"],
  ["2001:db8:abcd:12:3456::1", "2001:db8:abcd::/48"],
  ["::1", "0:0:0::/48"],
])("%s is told as %s", (address, expected) => {
  expect(toNetwork(addressKey(address, ""))).toBe(expected);
});
