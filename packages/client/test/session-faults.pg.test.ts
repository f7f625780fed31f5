import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import { SyncError, type SyncErrorCode } from "../src/errors.ts";
import { memoryStore } from "../src/store/memory-store.ts";
import type { OpenStore } from "../src/store/store.ts";
import { crashingStore } from "./support/crashing-store.ts";
import type { Fault } from "./support/faulty-network.ts";
import { carefulPerson, startDevice, type TestDevice } from "./support/test-device.ts";

const password = "four words nobody guesses";
const newPassword = "four other words nobody guesses";

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.close());

const freshEmail = () => `ada-${randomUUID()}@example.com`;
const code = (code: SyncErrorCode): object => expect.objectContaining({ code }) as object;
const recordId = (device: Pick<TestDevice, "session">) =>
  device.session.keyring().collection("contacts").recordId("ada", 0);

async function signedUp(openStore = memoryStore()) {
  const email = freshEmail();
  const device = await startDevice(server.app, { openStore });
  const person = carefulPerson();
  await device.session.signUp({ email, password, confirmRecoveryKey: person.confirm });
  return { ...device, email, recoveryKey: person.keys[0]! };
}

/** Which of the passwords signs in from a fresh device, and the account's record id there. */
async function whoOpens(email: string, ...passwords: string[]): Promise<{ opens: string[]; ids: Set<string> }> {
  const opens: string[] = [];
  const ids = new Set<string>();
  for (const each of passwords) {
    const device = await startDevice(server.app);
    try {
      await device.session.signIn({ email, password: each });
    } catch (error) {
      expect(error).toEqual(code("INVALID_CREDENTIALS"));
      continue;
    }
    opens.push(each);
    ids.add(recordId(device));
  }
  return { opens, ids };
}

const faults: [string, Fault][] = [
  ["the request is lost", "drop-request"],
  ["the answer is lost", "drop-reply"],
  ["the request arrives twice", "duplicate"],
  ["a proxy answers instead", { instead: () => new Response("<html>502</html>", { status: 502 }) }],
  ["a proxy answers after the server did it", { change: () => new Response("<html>504</html>", { status: 504 }) }],
  ["the answer is cut", { change: async (reply) => cut(await reply.text()) }],
  ["a sign-in page answers", { instead: () => new Response("<html>", { headers: { "content-type": "text/html" } }) }],
];

describe("E-I7: whatever happens to one request, nobody is left with an account that nothing opens", () => {
  test.each(faults)("signing up: %s", async (_, fault) => {
    const email = freshEmail();
    const device = await startDevice(server.app);
    const person = carefulPerson();
    device.network.failOnce("/auth/register", fault);
    const signUp = () => device.session.signUp({ email, password, confirmRecoveryKey: person.confirm });
    // What the server did is found out at once; what it did not needs the same call again.
    if (fault === "drop-reply" || fault === "duplicate") await signUp();
    else await signUp().catch(signUp);
    expect(device.session.state.kind).toBe("unlocked");
    // What the person wrote down the first time is the recovery key.
    expect(person.keys.length).toBe(1);
    const other = await startDevice(server.app);
    const { confirm } = carefulPerson();
    await other.session.recover({ email, recoveryKey: person.keys[0]!, newPassword, confirmRecoveryKey: confirm });
    expect(recordId(other)).toBe(recordId(device));
  });

  test("signing up: the answer is lost and the network with it; later the same call goes on", async () => {
    const email = freshEmail();
    const device = await startDevice(server.app);
    const person = carefulPerson();
    let isDown = false;
    device.network.fault = () => {
      if (isDown) return "drop-request";
      isDown = true;
      return "drop-reply";
    };
    const signUp = () => device.session.signUp({ email, password, confirmRecoveryKey: person.confirm });
    await expect(signUp()).rejects.toThrow(code("OFFLINE"));
    expect(device.session.state.kind).toBe("signed-out");
    device.network.fault = () => null;
    const restarted = await startDevice(server.app, { openStore: device.openStore });
    await restarted.session.signUp({ email, password, confirmRecoveryKey: person.confirm });
    expect(person.keys.length).toBe(1);
    expect((await whoOpens(email, password)).ids).toEqual(new Set([recordId(restarted)]));
  });

  test.each(faults)("changing the password: %s", async (_, fault) => {
    const device = await signedUp();
    device.network.failOnce("/auth/password", fault);
    await device.session.changePassword({ password, newPassword }).catch(() => {});
    const { opens, ids } = await whoOpens(device.email, password, newPassword);
    expect(ids).toEqual(new Set([recordId(device)]));
    // Here too, without the server.
    await device.session.lock();
    await device.session.unlock({ password: opens[0]! });
    // And it can be changed again, from what is in force.
    await device.session.signIn({ email: device.email, password: opens[0]! }).catch(() => {});
    await device.session.changePassword({ password: opens[0]!, newPassword: "one more password for good" });
    expect((await whoOpens(device.email, "one more password for good")).ids).toEqual(ids);
  });

  test("changing the password: both open the device while nobody knows", async () => {
    const device = await signedUp();
    let isDown = false;
    device.network.fault = ({ path }) => {
      if (isDown) return "drop-request";
      isDown = path === "/api/v1/auth/password";
      return isDown ? "drop-reply" : null;
    };
    await expect(device.session.changePassword({ password, newPassword })).rejects.toThrow(code("OFFLINE"));
    for (const each of [password, newPassword]) {
      await device.session.lock();
      await device.session.unlock({ password: each });
    }
    device.network.fault = () => null;
    // The server has the new one: the old is refused there, and the device learns it from the first use of the new.
    await expect(
      device.session.changePassword({ password, newPassword: "one more password for good" }),
    ).rejects.toThrow(code("WRONG_PASSWORD"));
    const second = await startDevice(server.app);
    await second.session.signIn({ email: device.email, password: newPassword });
    await device.session.revokeDevice(second.session.deviceId, { password: newPassword });
    await device.session.lock();
    await expect(device.session.unlock({ password })).rejects.toThrow(code("WRONG_PASSWORD"));
    await device.session.unlock({ password: newPassword });
  });

  test.each(faults)("recovering: %s", async (_, fault) => {
    const device = await signedUp();
    const lost = await startDevice(server.app);
    const person = carefulPerson();
    lost.network.failOnce("/auth/recover", fault);
    const { email, recoveryKey } = device;
    const isDone = await lost.session
      .recover({ email, recoveryKey, newPassword, confirmRecoveryKey: person.confirm })
      .then(
        () => true,
        () => false,
      );
    const { opens, ids } = await whoOpens(email, password, newPassword);
    expect(ids).toEqual(new Set([recordId(device)]));
    if (isDone) expect(opens).toEqual([newPassword]);
  });

  test.each(faults)("a new recovery key: %s", async (_, fault) => {
    const device = await signedUp();
    const person = carefulPerson();
    device.network.failOnce("/account/keys", { before: async () => device.network.failOnce("/account/keys", fault) });
    const isDone = await device.session.newRecoveryKey({ password, confirmRecoveryKey: person.confirm }).then(
      () => true,
      () => false,
    );
    const other = await startDevice(server.app);
    const recover = (recoveryKey: string) =>
      other.session.recover({
        email: device.email,
        recoveryKey,
        newPassword,
        confirmRecoveryKey: carefulPerson().confirm,
      });
    await recover(person.keys[0]!).catch(async () => {
      expect(isDone).toBe(false);
      await recover(device.recoveryKey);
    });
    expect(recordId(other)).toBe(recordId(device));
  });

  test.each(faults)("erasing the account: %s", async (_, fault) => {
    const device = await signedUp();
    device.network.failOnce("/account", fault);
    const isDone = await device.session.deleteAccount({ password }).then(
      () => true,
      () => false,
    );
    const { opens } = await whoOpens(device.email, password);
    expect(device.session.state.kind).toBe(isDone ? "signed-out" : "unlocked");
    expect(opens).toEqual(isDone ? [] : [password]);
  });
});

describe("tokens", () => {
  /** As if fifteen minutes had passed. */
  const expire = (device: TestDevice) =>
    device.network.failOnce("/sync/status", {
      instead: () => Response.json({ success: false, error: "", code: "TOKEN_EXPIRED" }, { status: 401 }),
    });

  /** The refresh tokens that were sent, without repetitions of one request. */
  const presented = (device: TestDevice) =>
    new Set(
      device.network.sent.flatMap(({ path, body }) => (path === "/api/v1/auth/refresh" ? [body.toString()] : [])),
    );

  test("R19: an expired access token is refreshed once, and the request sent again", async () => {
    const device = await signedUp();
    for (let i = 0; i < 3; i += 1) {
      expire(device);
      await device.api.status();
    }
    expect(presented(device).size).toBe(3);
    expect(device.network.paths.filter((path) => path === "/auth/refresh").length).toBe(3);
    expect(device.session.state).toMatchObject({ account: { endedBy: null } });
    expire(device);
  });

  test("many requests share one refresh", async () => {
    const device = await signedUp();
    const restarted = await startDevice(server.app, { openStore: device.openStore });
    await Promise.all(Array.from({ length: 10 }, () => restarted.api.status()));
    expect(restarted.network.paths.filter((path) => path === "/auth/refresh").length).toBe(1);
  });

  test("two tabs that refresh at once do not end each other's session", async () => {
    const device = await signedUp();
    const tabs = await Promise.all(
      Array.from({ length: 4 }, () => startDevice(server.app, { openStore: device.openStore })),
    );
    for (let round = 0; round < 3; round += 1) {
      await Promise.all(
        tabs.map(async (tab) => {
          expire(tab);
          await tab.api.status();
        }),
      );
    }
    expect(tabs.every(({ session }) => session.state.kind === "unlocked")).toBe(true);
    // One after the other, each with what the one before had stored: no token was used twice.
    const all = tabs.flatMap((tab) => [...presented(tab)]);
    expect(new Set(all).size).toBe(all.length);
    await device.api.status();
  });

  test("a lost answer to a refresh is asked for again", async () => {
    const device = await signedUp();
    let lost = 0;
    device.network.fault = ({ path }) => (path === "/api/v1/auth/refresh" && (lost += 1) <= 2 ? "drop-reply" : null);
    await device.session.accessToken(await device.session.accessToken());
    device.network.fault = () => null;
    await device.api.status();
    expect(lost).toBe(3);
  });

  test("a refresh token that the server does not take ends the sign-in and nothing else", async () => {
    const device = await signedUp();
    const id = recordId(device);
    await server.pool.query("delete from refresh_tokens where user_id = $1", [device.session.keyring().accountId]);
    expire(device);
    await expect(device.api.status()).rejects.toThrow(code("INVALID_REFRESH_TOKEN"));
    await expect
      .poll(() => device.session.state)
      .toMatchObject({
        kind: "unlocked",
        account: { endedBy: "INVALID_REFRESH_TOKEN" },
      });
    expect(recordId(device)).toBe(id);
    await expect(device.api.status()).rejects.toThrow(code("INVALID_REFRESH_TOKEN"));
    await device.session.signIn({ email: device.email, password });
    await device.api.status();
  });

  test("an end that was stored and could not be read is noticed by the next request", async () => {
    const openInner = memoryStore();
    const failure = { isNext: false, isArmed: false };
    const device = await signedUp(async () => {
      const inner = await openInner();
      return new Proxy(inner, {
        get(target, name) {
          const method: unknown = Reflect.get(target, name, target);
          if (typeof method !== "function") return method;
          return (...args: unknown[]): unknown => {
            if (name === "write" && failure.isArmed) failure.isNext = true;
            else if (name === "read" && failure.isNext) {
              failure.isNext = failure.isArmed = false;
              return Promise.reject(new SyncError("STORE_UNREADABLE"));
            }
            return Reflect.apply(method, target, args);
          };
        },
      });
    });
    const token = await device.session.accessToken();
    failure.isArmed = true;
    await device.session.sessionEnded(token, new SyncError("SESSION_REVOKED"));
    await expect.poll(() => failure.isArmed).toBe(false);
    expect(device.session.state).toMatchObject({ account: { endedBy: null } });
    await expect(device.session.accessToken()).rejects.toThrow(code("SESSION_REVOKED"));
    await expect.poll(() => device.session.state).toMatchObject({ account: { endedBy: "SESSION_REVOKED" } });
  });

  test("offline and confused answers end nothing", async () => {
    const device = await signedUp();
    const token = await device.session.accessToken();
    for (const [, fault] of faults) {
      device.network.fault = ({ path }) => (path === "/api/v1/auth/refresh" ? fault : null);
      await device.session.accessToken(token).catch(() => {});
      expect(device.session.state).toMatchObject({ kind: "unlocked", account: { endedBy: null } });
    }
    device.network.fault = () => null;
    expire(device);
    await device.api.status();
  });
});

describe("a crash between any two operations of the store", () => {
  const actions: [string, (device: TestDevice, email: string) => Promise<unknown>, string[]][] = [
    [
      "changing the password",
      ({ session }) => session.changePassword({ password, newPassword }),
      [password, newPassword],
    ],
    ["refreshing", async ({ session }) => session.accessToken(await session.accessToken()), [password]],
    ["locking", ({ session }) => session.lock(), [password]],
    [
      "signing in again",
      async ({ session }, email) => {
        await session.lock();
        await session.signIn({ email, password });
      },
      [password],
    ],
    [
      "a new recovery key",
      ({ session }) => session.newRecoveryKey({ password, confirmRecoveryKey: carefulPerson().confirm }),
      [password],
    ],
    ["signing out", ({ session }) => session.signOut(), [password]],
  ];

  const commits = ["lost", "kept"] as const;
  const cases = commits.flatMap((commit) => actions.map(([name, ...rest]) => [name, commit, ...rest] as const));

  test.each(cases)("%s, a commit is %s", async (_, commit, act, passwords) => {
    for (let at = 1; ; at += 1) {
      const openStore = memoryStore();
      const { email, session } = await signedUp(openStore);
      const id = session.keyring().collection("contacts").recordId("ada", 0);
      await session.close();
      const isCrashed = await crashAt(openStore, at, commit, (device) => act(device, email));
      const restarted = await startDevice(server.app, { openStore });
      const { opens, ids } = await whoOpens(email, ...passwords);
      expect(ids).toEqual(new Set([id]));
      if (restarted.session.state.kind === "locked") await restarted.session.unlock({ password: opens[0]! });
      if (restarted.session.state.kind === "signed-out") await restarted.session.signIn({ email, password: opens[0]! });
      expect(recordId(restarted)).toBe(id);
      await restarted.api.status().catch((error: unknown) => expect(error).toEqual(code("NOT_SIGNED_IN")));
      if (!isCrashed) return;
    }
  });

  test.each(commits)("signing up, a commit is %s", async (commit) => {
    for (let at = 1; ; at += 1) {
      const openStore = memoryStore();
      const email = freshEmail();
      const person = carefulPerson();
      const signUp = ({ session }: TestDevice) =>
        session.signUp({ email, password, confirmRecoveryKey: person.confirm });
      const isCrashed = await crashAt(openStore, at, commit, signUp);
      const restarted = await startDevice(server.app, { openStore });
      if (restarted.session.state.kind === "signed-out") await signUp(restarted);
      const { ids } = await whoOpens(email, password);
      expect(ids).toEqual(new Set([recordId(restarted)]));
      // The key that was written down last opens it.
      const other = await startDevice(server.app);
      await other.session.recover({
        email,
        recoveryKey: person.keys.at(-1)!,
        newPassword,
        confirmRecoveryKey: carefulPerson().confirm,
      });
      expect(recordId(other)).toBe(recordId(restarted));
      if (!isCrashed) return;
    }
  });
});

/**
 * Starts a device and kills it before the `at`-th operation of its store; a commit that it falls on happens, or not. False when
 * the device ended before.
 */
async function crashAt(
  openStore: OpenStore,
  at: number,
  commit: "lost" | "kept",
  act: (device: TestDevice) => Promise<unknown>,
): Promise<boolean> {
  const crashing = crashingStore(openStore);
  // oxlint-disable-next-line unicorn/no-thenable -- an option, and nothing awaits it
  crashing.crashAt(at, { commit, onCrash: "freeze" });
  const run = async () => act(await startDevice(server.app, { openStore: crashing.open }));
  await Promise.race([run(), crashing.crashed]);
  return crashing.isCrashed;
}

function cut(text: string): Response {
  return new Response(text.slice(0, text.length / 2), { headers: { "content-type": "application/json" } });
}
