import { randomBytes, randomUUID } from "node:crypto";
import { argon2id } from "@owlivion/sync-crypto/argon2";
import { insecurePasswordHashForTests } from "@owlivion/sync-crypto/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../server/test/support/server.ts";
import type { SyncErrorCode } from "../src/errors.ts";
import { memoryStore } from "../src/store/memory-store.ts";
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

/** A device that is signed up. */
async function signedUp(email = freshEmail()): Promise<TestDevice & { email: string; recoveryKey: string }> {
  const device = await startDevice(server.app);
  const person = carefulPerson();
  await device.session.signUp({ email, password, confirmRecoveryKey: person.confirm });
  return { ...device, email, recoveryKey: person.keys[0]! };
}

const recordId = (device: TestDevice) => device.session.keyring().collection("contacts").recordId("ada", 0);

describe("signing up and in", () => {
  test("an account is made, and a second device opens the same keys", async () => {
    const email = freshEmail();
    const first = await signedUp(` ${email.toUpperCase()} `);
    expect(first.session.state).toMatchObject({
      kind: "unlocked",
      account: { email, endedBy: null, platform: "linux" },
    });
    const second = await startDevice(server.app);
    await second.session.signIn({ email, password, deviceName: "Ada's phone" });
    expect(recordId(second)).toBe(recordId(first));
    const devices = await second.session.devices();
    expect(devices.map(({ deviceName, isCurrent }) => ({ deviceName, isCurrent }))).toEqual([
      { deviceName: null, isCurrent: false },
      { deviceName: "Ada's phone", isCurrent: true },
    ]);
  });

  test("the real Argon2id does too", async () => {
    const email = freshEmail();
    const first = await startDevice(server.app, { passwordHash: argon2id });
    await first.session.signUp({ email, password, confirmRecoveryKey: carefulPerson().confirm });
    const second = await startDevice(server.app, { passwordHash: argon2id });
    await second.session.signIn({ email, password });
    expect(recordId(second)).toBe(recordId(first));
  });

  test("a recovery key that was not written down stops the sign-up before anything is sent", async () => {
    const device = await startDevice(server.app);
    for (const typed of [["0000", "0000", "0000"], [], ["", "", "", ""]]) {
      const signUp = device.session.signUp({ email: freshEmail(), password, confirmRecoveryKey: async () => typed });
      await expect(signUp).rejects.toThrow(code("RECOVERY_KEY_NOT_CONFIRMED"));
    }
    expect(device.network.sent).toEqual([]);
    expect(device.session.state).toEqual({ kind: "signed-out" });
  });

  test("an address that is taken, a weak password, a second sign-up", async () => {
    const { email, session } = await signedUp();
    const { confirm } = carefulPerson();
    const other = await startDevice(server.app);
    await expect(other.session.signUp({ email, password, confirmRecoveryKey: confirm })).rejects.toThrow(
      code("EMAIL_EXISTS"),
    );
    await expect(
      other.session.signUp({ email: freshEmail(), password: "short", confirmRecoveryKey: confirm }),
    ).rejects.toThrow(code("WEAK_PASSWORD"));
    await expect(session.signUp({ email: freshEmail(), password, confirmRecoveryKey: confirm })).rejects.toThrow(
      code("ALREADY_SIGNED_IN"),
    );
    await expect(session.signIn({ email, password })).rejects.toThrow(code("ALREADY_SIGNED_IN"));
  });

  test("a refusal that may pass asks for the recovery key only once", async () => {
    const device = await startDevice(server.app);
    const person = carefulPerson();
    const input = { email: freshEmail(), password, confirmRecoveryKey: person.confirm };
    device.network.failOnce("/auth/register", {
      instead: () => Response.json({ success: false, error: "", code: "REGISTRATION_CLOSED" }, { status: 403 }),
    });
    await expect(device.session.signUp(input)).rejects.toThrow(code("REGISTRATION_CLOSED"));
    await device.session.signUp({ ...input, invitation: "invited" });
    expect(person.keys.length).toBe(1);
  });

  test("R1: a mistyped password on a second device is refused before any sync, and nothing is kept", async () => {
    const { email } = await signedUp();
    const second = await startDevice(server.app);
    await expect(second.session.signIn({ email, password: "four words nobody guessed" })).rejects.toThrow(
      code("INVALID_CREDENTIALS"),
    );
    expect(second.session.state).toEqual({ kind: "signed-out" });
    expect(second.network.paths).toEqual(["/auth/prelogin", "/auth/login"]);
  });

  test("R1, M13: so it is when a lying server takes any password", async () => {
    const { email } = await signedUp();
    const liar = await startDevice(server.app);
    const right = await startDevice(server.app);
    // The login goes through with the right secret, whatever was typed.
    await right.session.signIn({ email, password });
    const login = right.network.sent.find(({ path }) => path === "/api/v1/auth/login")!;
    liar.network.fault = ({ path }) =>
      path !== "/api/v1/auth/login"
        ? null
        : {
            change: () =>
              right.network.fetch("http://localhost/api/v1/auth/login", {
                method: "POST",
                headers: login.headers,
                body: new Uint8Array(login.body),
              }),
          };
    await expect(liar.session.signIn({ email, password: "four words nobody guessed" })).rejects.toThrow(
      code("WRONG_PASSWORD"),
    );
    expect(liar.session.state).toEqual({ kind: "signed-out" });
    expect(liar.network.paths).toEqual(["/auth/prelogin", "/auth/login", "/auth/logout"]);
  });

  test("a plain account is refused with the way to move", async () => {
    const email = freshEmail();
    const device = await startDevice(server.app);
    // Somebody who registered with exactly this secret, without keys.
    const { authSecret } = await derive(email, await device.api.prelogin(email));
    await server.register({ email, password: authSecret });
    await expect(device.session.signIn({ email, password })).rejects.toThrow(code("PLAIN_ACCOUNT"));
    expect(device.session.state).toEqual({ kind: "signed-out" });
  });

  test("R5, M1, M2: another suite is refused before anything is derived", async () => {
    const { email } = await signedUp();
    let derived = 0;
    const device = await startDevice(server.app, {
      passwordHash: (...input) => {
        derived += 1;
        return insecurePasswordHashForTests(...input);
      },
    });
    for (const suite of [0, 2, 255]) {
      device.network.failOnce("/auth/prelogin", {
        instead: () => Response.json({ success: true, data: { auth_suite: suite, kdf_seed: "A".repeat(43) + "=" } }),
      });
      await expect(device.session.signIn({ email, password })).rejects.toThrow(code("UNKNOWN_SUITE"));
    }
    expect(derived).toBe(0);
    expect(device.network.paths.every((path) => path === "/auth/prelogin")).toBe(true);
  });

  test("M1: two people who are given one seed derive different secrets", async () => {
    const seed = { suite: 1, seed: new Uint8Array(32) };
    expect((await derive("ada@example.com", seed)).authSecret).not.toBe(
      (await derive("bob@example.com", seed)).authSecret,
    );
  });

  test("M10: tampered keys are refused, whatever was changed, and nothing of them is taken over", async () => {
    const { email } = await signedUp();
    const device = await startDevice(server.app);
    const changes: [(keys: { password_wrap: string; key_epoch: number }) => void, SyncErrorCode][] = [
      [(keys) => (keys.password_wrap = flip(keys.password_wrap, 100)), "KEYS_TAMPERED"], // ciphertext
      [(keys) => (keys.password_wrap = flip(keys.password_wrap, 0)), "KEYS_TAMPERED"], // format
      [(keys) => (keys.password_wrap = flip(keys.password_wrap, 3)), "KEYS_TAMPERED"], // key epoch
      [(keys) => (keys.password_wrap = flip(keys.password_wrap, 10)), "WRONG_PASSWORD"], // commitment
      [(keys) => (keys.password_wrap = randomBytes(200).toString("base64")), "KEYS_TAMPERED"],
      [(keys) => (keys.key_epoch = 2), "KEYS_TAMPERED"],
    ];
    for (const [change, expected] of changes) {
      device.network.failOnce("/auth/login", { change: changeData(({ keys }) => change(keys)) });
      await expect(device.session.signIn({ email, password })).rejects.toThrow(code(expected));
      expect(device.session.state).toEqual({ kind: "signed-out" });
    }
  });

  test("M16: another account's id or address in the answer is refused", async () => {
    const { email } = await signedUp();
    const device = await startDevice(server.app);
    device.network.failOnce("/auth/login", { change: changeData(({ user }) => (user.id = randomUUID())) });
    await expect(device.session.signIn({ email, password })).rejects.toThrow(code("WRONG_PASSWORD"));
    device.network.failOnce("/auth/login", { change: changeData(({ user }) => (user.email = freshEmail())) });
    await expect(device.session.signIn({ email, password })).rejects.toThrow(code("ACCOUNT_CHANGED"));
    expect(device.session.state).toEqual({ kind: "signed-out" });
  });

  test("a device that holds an account takes no other one, and loses nothing", async () => {
    const device = await signedUp();
    const other = await signedUp();
    await device.session.lock();
    await expect(device.session.signIn({ email: other.email, password })).rejects.toThrow(code("ACCOUNT_MISMATCH"));
    device.network.failOnce("/auth/login", { change: changeData(({ user }) => (user.id = randomUUID())) });
    await expect(device.session.signIn({ email: device.email, password })).rejects.toThrow(code("ACCOUNT_CHANGED"));
    await device.session.unlock({ password });
    expect(device.session.state).toMatchObject({ kind: "unlocked", account: { email: device.email, endedBy: null } });
  });

  test("R2, R3, M13: 404, garbage and captive portals mean that nobody knows, never that nothing is there", async () => {
    const { email, ...device } = await signedUp();
    await device.session.lock();
    const strangers: [() => Response, SyncErrorCode][] = [
      [() => new Response("not found", { status: 404 }), "NOT_A_SYNC_SERVER"],
      [
        () => new Response("<html>Sign in to the airport</html>", { headers: { "content-type": "text/html" } }),
        "NOT_A_SYNC_SERVER",
      ],
      [() => Response.json({ success: false, error: "", code: "NOT_FOUND" }, { status: 404 }), "NOT_FOUND"],
      [() => Response.json({ success: true, data: {} }), "INVALID_REPLY"],
      [() => Response.json([]), "NOT_A_SYNC_SERVER"],
      [() => new Response('{"success":tr', { headers: { "content-type": "application/json" } }), "INVALID_REPLY"],
    ];
    for (const [instead, expected] of strangers) {
      for (const path of ["/auth/prelogin", "/auth/login"]) {
        device.network.failOnce(path, { instead });
        await expect(device.session.signIn({ email, password })).rejects.toThrow(code(expected));
        expect(device.session.state.kind).toBe("locked");
      }
    }
    device.network.fault = () => null;
    await device.session.signIn({ email, password });
    expect(device.session.state.kind).toBe("unlocked");
  });
});

describe("keys on the device", () => {
  test("locked and unlocked without the server; a wrong password opens nothing", async () => {
    const device = await signedUp();
    const id = recordId(device);
    const states: string[] = [];
    device.session.onState(({ kind }) => states.push(kind));
    await device.session.lock();
    expect(() => device.session.keyring()).toThrow(code("LOCKED"));
    device.network.fault = () => "drop-request";
    await expect(device.session.unlock({ password: "four words nobody guessed" })).rejects.toThrow(
      code("WRONG_PASSWORD"),
    );
    await device.session.unlock({ password });
    expect(recordId(device)).toBe(id);
    expect(states).toEqual(["locked", "unlocked"]);
  });

  test("R22: a restart finds device, keys and sign-in; the id of the device never changes", async () => {
    const device = await signedUp();
    const { deviceId } = device.session;
    const restarted = await startDevice(server.app, { openStore: device.openStore });
    expect(restarted.session.deviceId).toBe(deviceId);
    expect(recordId(restarted)).toBe(recordId(device));
    await restarted.session.devices();
    await restarted.session.signOut();
    const again = await startDevice(server.app, { openStore: device.openStore });
    expect(again.session.deviceId).toBe(deviceId);
    await again.session.signIn({ email: device.email, password });
    expect((await again.session.devices()).map((each) => each.deviceId)).toEqual([deviceId]);
  });

  test("two tabs see the same state, and make one device", async () => {
    const openStore = memoryStore();
    const [a, b] = await Promise.all([startDevice(server.app, { openStore }), startDevice(server.app, { openStore })]);
    expect(a.session.deviceId).toBe(b.session.deviceId);
    const email = freshEmail();
    await a.session.signUp({ email, password, confirmRecoveryKey: carefulPerson().confirm });
    await expect.poll(() => b.session.state.kind).toBe("unlocked");
    expect(recordId(b)).toBe(recordId(a));
    await b.session.lock();
    await expect.poll(() => a.session.state.kind).toBe("locked");
    await a.session.unlock({ password });
    await expect.poll(() => b.session.state.kind).toBe("unlocked");
    await b.session.signOut();
    await expect.poll(() => a.session.state.kind).toBe("signed-out");
  });

  test("without kept keys a restart asks for the password, and another tab does not lock this one", async () => {
    const device = await startDevice(server.app, { session: { keepKeys: false } });
    const email = freshEmail();
    await device.session.signUp({ email, password, confirmRecoveryKey: carefulPerson().confirm });
    const restarted = await startDevice(server.app, { openStore: device.openStore, session: { keepKeys: false } });
    expect(restarted.session.state.kind).toBe("locked");
    await restarted.session.unlock({ password });
    expect(device.session.state.kind).toBe("unlocked");
  });

  test("E-I1, R20: neither the password, the recovery key nor a wire secret is in the store, and nothing secret is sent", async () => {
    const device = await signedUp();
    await device.session.changePassword({ password, newPassword });
    const stored = await device.store.read(["meta"], (tx) => tx.scan("meta", { prefix: "" }));
    const text = JSON.stringify(stored, (_, value) =>
      value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value,
    );
    const secrets = device.network.sent.flatMap(({ body, headers }) => [
      ...[...body.toString().matchAll(/"(?:new_)?password":"([^"]+)"/g)].map((match) => match[1]!),
      ...(headers["authorization"] === undefined ? [] : [headers["authorization"].slice(7)]),
      ...(headers["owlivion-password"] === undefined ? [] : [headers["owlivion-password"]]),
    ]);
    const tokens = device.network.replies.flatMap((body) =>
      [...body.matchAll(/_token":"([^"]+)"/g)].map((match) => match[1]!),
    );
    expect(secrets.length).toBeGreaterThan(2);
    expect(tokens.length).toBeGreaterThan(0);
    for (const secret of [password, newPassword, device.recoveryKey, ...secrets, ...tokens])
      expect(text).not.toContain(secret);
    const wire = device.network.sent
      .map(({ path, headers, body }) => path + JSON.stringify(headers) + body.toString())
      .join("\n");
    for (const secret of [password, newPassword, device.recoveryKey, device.recoveryKey.replaceAll("-", "")]) {
      expect(wire).not.toContain(secret);
    }
    // Secrets and addresses go into bodies and headers, never where a proxy logs them.
    for (const { path } of device.network.sent) expect(path).toMatch(/^\/api\/v1\/[a-z/]+$/);
  });
});

describe("signing out", () => {
  test("the server forgets the session, the device everything but its id", async () => {
    const device = await signedUp();
    const token = await device.session.accessToken();
    expect(await device.session.signOut()).toEqual({ unsentEdits: 0 });
    expect(device.session.state).toEqual({ kind: "signed-out" });
    const reply = await server.app.inject({
      url: "/api/v1/sync/status",
      headers: { authorization: `Bearer ${token}` },
    });
    expect(reply.json()).toMatchObject({ code: "SESSION_REVOKED" });
    const rows = await device.store.read(["meta"], (tx) => tx.scan("meta", { prefix: "" }));
    expect(rows.map(({ key }) => key)).toEqual(["session/device"]);
    await expect(device.session.accessToken()).rejects.toThrow(code("NOT_SIGNED_IN"));
  });

  test("with unsent edits the store stays, locked, for the same account; force erases it", async () => {
    const email = freshEmail();
    const device = await startDevice(server.app, {
      session: { hooks: { beforeSignOut: async () => 3 } },
    });
    await device.session.signUp({ email, password, confirmRecoveryKey: carefulPerson().confirm });
    expect(await device.session.signOut()).toEqual({ unsentEdits: 3 });
    expect(device.session.state).toMatchObject({ kind: "locked", account: { endedBy: "NOT_SIGNED_IN" } });
    const other = await signedUp();
    await expect(device.session.signIn({ email: other.email, password })).rejects.toThrow(code("ACCOUNT_MISMATCH"));
    await device.session.unlock({ password });
    await expect(device.api.status()).rejects.toThrow(code("NOT_SIGNED_IN"));
    await device.session.signIn({ email, password });
    await device.api.status();
    await device.session.signOut({ force: true });
    expect(device.session.state).toEqual({ kind: "signed-out" });
  });

  test("offline it works at once", async () => {
    const device = await signedUp();
    device.network.fault = () => "drop-request";
    await device.session.signOut();
    expect(device.session.state).toEqual({ kind: "signed-out" });
  });
});

describe("password and recovery key", () => {
  test("a password change ends the other sessions; they sign in again with the new one and its new seed", async () => {
    const device = await signedUp();
    const second = await startDevice(server.app);
    await second.session.signIn({ email: device.email, password });
    await device.session.changePassword({ password, newPassword });
    await device.api.status();

    await expect(second.api.status()).rejects.toThrow(code("SESSION_REVOKED"));
    await expect
      .poll(() => second.session.state)
      .toMatchObject({ kind: "unlocked", account: { endedBy: "SESSION_REVOKED" } });
    await expect(second.session.signIn({ email: device.email, password })).rejects.toThrow(code("INVALID_CREDENTIALS"));
    await second.session.signIn({ email: device.email, password: newPassword });
    expect(recordId(second)).toBe(recordId(device));
    await second.api.status();
    await second.session.lock();
    await expect(second.session.unlock({ password })).rejects.toThrow(code("WRONG_PASSWORD"));
    await second.session.unlock({ password: newPassword });
  });

  test("R4, R5: a server that answers another seed, and keys of its own, gets no device to take them over", async () => {
    const device = await signedUp();
    await device.session.lock();
    const attacker = await signedUp();
    device.network.fault = ({ path }) =>
      path.startsWith("/api/v1/auth/prelogin")
        ? { change: changeData((data) => (data.kdf_seed = randomBytes(32).toString("base64"))) }
        : null;
    await expect(device.session.signIn({ email: device.email, password })).rejects.toThrow(code("INVALID_CREDENTIALS"));
    device.network.fault = () => null;
    device.network.failOnce("/auth/login", {
      change: changeData((data) => (data.keys.password_wrap = attackerWrap(attacker))),
    });
    await expect(device.session.signIn({ email: device.email, password })).rejects.toThrow(code("WRONG_PASSWORD"));
    device.network.fault = () => "drop-request";
    await device.session.unlock({ password }); // The pin is what it was.
  });

  test("a wrong or weak password changes nothing and sends nothing", async () => {
    const device = await signedUp();
    const before = device.network.sent.length;
    await expect(device.session.changePassword({ password: newPassword, newPassword })).rejects.toThrow(
      code("WRONG_PASSWORD"),
    );
    await expect(device.session.changePassword({ password, newPassword: "password1234" })).rejects.toThrow(
      code("WEAK_PASSWORD"),
    );
    expect(device.network.sent.length).toBe(before);
  });

  test("the recovery key sets a new password and becomes a new one", async () => {
    const device = await signedUp();
    const lost = await startDevice(server.app);
    const person = carefulPerson();
    await lost.session.recover({
      email: device.email,
      recoveryKey: device.recoveryKey,
      newPassword,
      confirmRecoveryKey: person.confirm,
    });
    expect(recordId(lost)).toBe(recordId(device));
    expect(person.keys[0]).not.toBe(device.recoveryKey);
    const { confirm } = carefulPerson();
    const other = await startDevice(server.app);
    const attempt = (recoveryKey: string) =>
      other.session.recover({ email: device.email, recoveryKey, newPassword: password, confirmRecoveryKey: confirm });
    await expect(attempt(device.recoveryKey)).rejects.toThrow(code("WRONG_RECOVERY_KEY"));
    await expect(attempt("not a recovery key")).rejects.toThrow(code("INVALID_RECOVERY_KEY"));
    await attempt(person.keys[0]!);
    // The first device recovers on its own store too, because the keys prove themselves.
    await expect(device.api.status()).rejects.toThrow(code("SESSION_REVOKED"));
    await device.session.signIn({ email: device.email, password });
    expect(recordId(device)).toBe(recordId(other));
  });

  test("a new recovery key replaces the old one", async () => {
    const device = await signedUp();
    const person = carefulPerson();
    await device.session.newRecoveryKey({ password, confirmRecoveryKey: person.confirm });
    const other = await startDevice(server.app);
    const { confirm } = carefulPerson();
    await expect(
      other.session.recover({
        email: device.email,
        recoveryKey: device.recoveryKey,
        newPassword,
        confirmRecoveryKey: confirm,
      }),
    ).rejects.toThrow(code("WRONG_RECOVERY_KEY"));
    await other.session.recover({
      email: device.email,
      recoveryKey: person.keys[0]!,
      newPassword,
      confirmRecoveryKey: confirm,
    });
    expect(recordId(other)).toBe(recordId(device));
  });

  test("a key set that another device replaced meanwhile is read again", async () => {
    const device = await signedUp();
    const second = await startDevice(server.app);
    await second.session.signIn({ email: device.email, password });
    const person = carefulPerson();
    device.network.failOnce("/auth/password", {
      before: () => second.session.newRecoveryKey({ password, confirmRecoveryKey: person.confirm }),
    });
    await device.session.changePassword({ password, newPassword });
    expect(device.network.paths.filter((path) => path === "/auth/password").length).toBe(2);
    // The new recovery key was not undone.
    const third = await startDevice(server.app);
    await third.session.recover({
      email: device.email,
      recoveryKey: person.keys[0]!,
      newPassword: password,
      confirmRecoveryKey: person.confirm,
    });
    expect(recordId(third)).toBe(recordId(device));
  });
});

describe("devices and the account", () => {
  test("a device is revoked with the password, and told so on its next request", async () => {
    const device = await signedUp();
    const second = await startDevice(server.app);
    await second.session.signIn({ email: device.email, password });
    await expect(device.session.revokeDevice(second.session.deviceId, { password: newPassword })).rejects.toThrow(
      code("WRONG_PASSWORD"),
    );
    await device.session.revokeDevice(second.session.deviceId, { password });
    await expect(second.api.status()).rejects.toThrow(code("SESSION_REVOKED"));
    await expect
      .poll(() => second.session.state)
      .toMatchObject({ kind: "unlocked", account: { endedBy: "SESSION_REVOKED" } });
  });

  test("the export comes whole", async () => {
    const device = await signedUp();
    const types = [];
    for await (const line of device.session.exportAccount({ password })) types.push(line["type"]);
    expect(types.at(0)).toBe("export");
    expect(types.at(-1)).toBe("end");
    expect(types).toContain("keys");
  });

  test("an account is erased at the server and on the device", async () => {
    const device = await signedUp();
    await device.session.deleteAccount({ password });
    expect(device.session.state).toEqual({ kind: "signed-out" });
    await expect(device.session.signIn({ email: device.email, password })).rejects.toThrow(code("INVALID_CREDENTIALS"));
  });

  test.each(["recovery key", "new recovery key"])("a wiped server gets the account again, with the %s", async (way) => {
    const wiped = await startTestServer();
    try {
      const device = await signedUp();
      const id = recordId(device);
      const onWiped = await startDevice(wiped.app, { openStore: device.openStore });
      await expect(onWiped.api.status()).rejects.toThrow();
      const person = carefulPerson();
      const recovery =
        way === "recovery key" ? { recoveryKey: device.recoveryKey } : { confirmRecoveryKey: person.confirm };
      await onWiped.session.rebuildAccount({ password, recovery });
      await onWiped.api.status();
      const second = await startDevice(wiped.app);
      await second.session.signIn({ email: device.email, password });
      expect(recordId(second)).toBe(id);
      const third = await startDevice(wiped.app);
      const recoveryKey = person.keys[0] ?? device.recoveryKey;
      await third.session.recover({
        email: device.email,
        recoveryKey,
        newPassword,
        confirmRecoveryKey: person.confirm,
      });
      expect(recordId(third)).toBe(id);
    } finally {
      await wiped.close();
    }
  });
});

/** Derives as the SDK does, with the cheap hash. */
async function derive(email: string, { suite, seed }: { suite: number; seed: Uint8Array }) {
  const { deriveLogin } = await import("@owlivion/sync-crypto/account");
  const secrets = await deriveLogin({ email, password, suite, seed }, insecurePasswordHashForTests);
  return { authSecret: secrets.authSecret.exposeWireText() };
}

// oxlint-disable-next-line typescript/no-explicit-any -- a reply, taken apart
function changeData(change: (data: any) => unknown): (reply: Response) => Promise<Response> {
  return async (reply) => {
    const body = (await reply.json()) as { data: unknown };
    change(body.data);
    return Response.json(body, { status: reply.status });
  };
}

function flip(base64: string, at: number): string {
  const bytes = Buffer.from(base64, "base64");
  bytes[at]! ^= 1;
  return bytes.toString("base64");
}

/** A good wrap, of somebody else's account. */
function attackerWrap(attacker: TestDevice): string {
  const register = attacker.network.sent.find(({ path }) => path === "/api/v1/auth/register")!;
  return (JSON.parse(register.body.toString()) as { keys: { password_wrap: string } }).keys.password_wrap;
}
