import { memoryStore } from "@owlivion/sync-client/memory";
import { openSync, type SyncOptions } from "@owlivion/sync-client";
import { insecurePasswordHashForTests } from "@owlivion/sync-crypto/testing";
import { expect, test } from "vitest";
import { MemorySimServer } from "./memory-sim-server.ts";
import { ServerCrashed, type ServerPorts, type StatementFault } from "./sim-server.ts";

/** The server's clock is the device's: what the engine does with others is the world's to try. */
function openServer(atStatement: ServerPorts["atStatement"] = () => "none") {
  let drawn = 0;
  return new MemorySimServer({
    ports: {
      now: () => Date.now() * 1000,
      randomBytes: (length) => Buffer.alloc(length, (drawn += 1)),
      atStatement,
      external: (work) => work,
    },
  });
}

async function openDevice(server: MemorySimServer) {
  const options: SyncOptions = {
    url: "https://sync.simulation",
    store: memoryStore(),
    passwordHash: insecurePasswordHashForTests,
    ports: {
      async fetch(url, init) {
        const { pathname, search } = new URL(url);
        const body = init.body === null || init.body === undefined ? null : (init.body as Uint8Array);
        const headers = Object.fromEntries(new Headers(init.headers));
        const reply = await server.handle({ method: init.method ?? "GET", path: pathname + search, headers, body });
        return new Response(new Uint8Array(reply.body), { status: reply.status, headers: { ...reply.headers } });
      },
    },
  };
  return await openSync(options);
}

const person = { email: "ada@example.com", password: "correct horse battery staple" };

test("two devices of the production engine meet on the memory server", async () => {
  const server = openServer();
  const first = await openDevice(server);
  const confirmRecoveryKey = async ({
    recoveryKey,
    askedGroups,
  }: {
    recoveryKey: string;
    askedGroups: readonly number[];
  }) => askedGroups.map((group) => recoveryKey.split("-")[group - 1]!);
  await first.signUp({ ...person, confirmRecoveryKey });
  const contacts = first.collection<{ name: string }>("contacts");
  await contacts.put({ name: "Grace" });
  await first.syncNow();

  const second = await openDevice(server);
  await second.signIn(person);
  await second.syncNow();
  expect((await second.collection<{ name: string }>("contacts").list()).map(({ name }) => name)).toEqual(["Grace"]);
  expect(server.history.map(({ changeType, baseVersion, version }) => ({ changeType, baseVersion, version }))).toEqual([
    { changeType: "insert", baseVersion: 0, version: 1 },
  ]);
  await first.close();
  await second.close();
});

test("a crash answers nobody, rolls back what was at work, and the next request finds a new process", async () => {
  let fault: StatementFault = "none";
  const server = openServer((place) => (place === "commit" ? fault : "none"));
  fault = "crash";
  const register = {
    method: "POST",
    path: "/api/v1/auth/register",
    headers: { "content-type": "application/json" },
    body: Buffer.from(
      JSON.stringify({ ...person, password: "secret secret", device_id: "aaaaaaaa-0000-4000-8000-000000000000" }),
    ),
  };
  await expect(server.handle(register)).rejects.toBeInstanceOf(ServerCrashed);
  fault = "commit-unknown";
  expect((await server.handle(register)).status).toBe(503);
  fault = "none";
  expect((await server.handle(register)).status).toBe(409);
});
