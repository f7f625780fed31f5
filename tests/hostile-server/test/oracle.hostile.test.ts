import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../../packages/server/test/support/server.ts";
import type { Behaviour } from "../src/behaviours/behaviour.ts";
import { nodeDriver } from "../src/device/node-driver.ts";
import { runBehaviour } from "../src/run-behaviour.ts";
import { canary, findCanaries } from "../src/world/canaries.ts";

// Whoever checks must be able to fail.

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
  await server.app.listen({ host: "127.0.0.1", port: 0 });
});
afterAll(() => server.close());

const run = (changes: Partial<Behaviour>) => {
  const url = `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}`;
  const honest: Behaviour = {
    row: "M1",
    name: "tells the truth",
    lie: () => (_, forward) => forward(),
    detects: {},
    changes: ["ada", "barbara", "kathleen"],
  };
  return runBehaviour({ ...honest, ...changes }, nodeDriver, url);
};

describe("the check of a behaviour", () => {
  test("passes for the truth", async () => {
    expect(await run({})).toBe("nothing");
  });

  test.each<[string, Partial<Behaviour>, RegExp]>([
    ["nobody noticed", { detects: { events: ["integrity"] } }, /integrity in/],
    ["a call that ended another way", { detects: { code: "INVALID_REPLY" } }, /INVALID_REPLY/],
    ["a record that looks different and should not", { changes: ["ada", "barbara"] }, /deeply equal/],
    ["a row that changed and should not", { changes: "nothing" }, /deeply equal/],
    ["an upload", { prepare: ({ victim, ids }) => victim.patch(ids.grace, { company: "x" }) }, /deeply equal/],
    [
      "a record that is lost in the end",
      { wanted: (others) => ({ ...others, "contacts/lost": {} }) },
      /what victim shows/,
    ],
    [
      "a word that should not have been sent",
      { check: async ({ server, secrets }) => void server.received.push(Buffer.from(String(secrets[0]))) },
      /what the devices sent/,
    ],
  ])("fails for %s", async (_, changes, message) => {
    await expect(run(changes)).rejects.toThrow(message);
  });

  test("finds a word in every form", () => {
    const word = canary("w");
    const bytes = Buffer.from(word);
    const utf16 = Buffer.from(word, "utf16le");
    for (const form of [bytes, Buffer.from(bytes.toString("hex")), utf16, Buffer.from(utf16).swap16()]) {
      expect(findCanaries([word], Buffer.concat([Buffer.from("some"), form, Buffer.from("thing")]))).not.toEqual([]);
    }
    for (const before of ["", "a", "ab", "abc"]) {
      const text = Buffer.from(`${before}${word}after`).toString("base64");
      expect(findCanaries([word], Buffer.from(text))).not.toEqual([]);
    }
  });
});
