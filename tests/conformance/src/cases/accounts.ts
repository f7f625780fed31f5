import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { limits, type Session } from "@owlivion/sync-protocol";
import { casesOf, closedRegistration, slow } from "../case.ts";
import type { Device } from "../device.ts";
import { freshEmail, keySet, recoverySecret, sealedFields } from "../world.ts";

const post = (device: Device, url: string, json?: unknown) =>
  device.call<Record<string, unknown>>({ method: "POST", url, ...(json === undefined ? {} : { json }) });
const newKeys = (version: number, keyEpoch = 1) => ({
  auth_suite: 1,
  kdf_seed: sealedFields().kdf_seed,
  keys: keySet(keyEpoch, 9),
  keys_version: version,
});

export const accountCases = [
  ...casesOf("Authentication", {
    "an address is taken whatever its case and spaces": async (world) => {
      const email = freshEmail();
      await world.register({ email });
      const json = { email: ` ${email.toUpperCase()} `, password: "another secret", device_id: randomUUID() };
      const answer = await world.target.call({ method: "POST", url: "/api/v1/auth/register", json });
      assert.deepEqual([answer.status, answer.code], [409, "EMAIL_EXISTS"]);
    },
    "an account id is taken once": async (world) => {
      const fields = sealedFields();
      await world.register(fields);
      const json = { email: freshEmail(), password: "another secret", device_id: randomUUID(), ...fields };
      const answer = await world.target.call({ method: "POST", url: "/api/v1/auth/register", json });
      assert.deepEqual([answer.status, answer.code], [409, "ACCOUNT_ID_EXISTS"]);
    },
    "a wrong secret and an unknown address are answered alike": async (world) => {
      const device = await world.register();
      const wrong = await world.tryLogin(device.email, "not the secret");
      const unknown = await world.tryLogin(freshEmail(), "not the secret");
      assert.deepEqual([wrong.status, wrong.code], [401, "INVALID_CREDENTIALS"]);
      assert.deepEqual(unknown.body, wrong.body);
    },
    "ten wrong secrets lock the address for a while": async (world) => {
      const email = freshEmail();
      const json = { email, password: "not the secret", device_id: randomUUID() };
      const codes: (string | null)[] = [];
      for (let i = 0; i < 11; i += 1) {
        const call = { method: "POST", url: "/api/v1/auth/login", json, wantsLimit: true } as const;
        const answer = await world.target.call(call);
        codes.push(answer.code);
        if (answer.code === "TOO_MANY_ATTEMPTS") assert.ok(Number(answer.headers.get("retry-after")) > 0);
      }
      assert.deepEqual(codes, [...Array<string>(10).fill("INVALID_CREDENTIALS"), "TOO_MANY_ATTEMPTS"]);
    },
    "prelogin tells suite and seed, and the same fake for an unknown address": async (world) => {
      const fields = sealedFields();
      const device = await world.register(fields);
      const ask = (email: string) =>
        world.target.call<{ kdf_seed: string }>({ method: "POST", url: "/api/v1/auth/prelogin", json: { email } });
      assert.equal((await ask(device.email)).data.kdf_seed, fields.kdf_seed);
      const unknown = freshEmail();
      const [one, two] = [await ask(unknown), await ask(unknown)];
      assert.deepEqual(one.data, two.data);
    },
    "a refresh token is good once; its answer again within a minute is the same": async (world) => {
      const device = await world.register();
      const refresh = (refresh_token: string) =>
        world.target.call<Pick<Session, "tokens">>({
          method: "POST",
          url: "/api/v1/auth/refresh",
          json: { refresh_token },
        });
      const first = await refresh(device.session.tokens.refresh_token);
      const again = await refresh(device.session.tokens.refresh_token);
      assert.equal(again.data.tokens.refresh_token, first.data.tokens.refresh_token);
      const second = await refresh(first.data.tokens.refresh_token);
      assert.equal(second.status, 200);
      const reused = await refresh(device.session.tokens.refresh_token);
      assert.deepEqual([reused.status, reused.code], [401, "INVALID_REFRESH_TOKEN"]);
      assert.equal((await refresh(second.data.tokens.refresh_token)).code, "INVALID_REFRESH_TOKEN");
    },
    "no token, a wrong token and an ended session have codes of their own": async (world) => {
      const device = await world.register();
      const url = "/api/v1/sync/status";
      assert.equal((await world.target.call({ url })).code, "AUTHENTICATION_REQUIRED");
      assert.equal((await world.target.call({ url, token: "nonsense" })).code, "INVALID_TOKEN");
      assert.equal((await post(device, "/api/v1/auth/logout")).status, 200);
      const ended = await device.call({ url });
      assert.deepEqual([ended.status, ended.code], [401, "SESSION_REVOKED"]);
    },
    "the desktop client's salt is set once": async (world) => {
      const { device } = await world.collection();
      const fresh = await world.login(device);
      const put = (encryption_salt: string) =>
        fresh.call({ method: "PUT", url: "/api/v1/auth/salt", json: { encryption_salt } });
      assert.equal((await put("c2FsdCBvZiBvbmUgYXBw")).status, 200);
      assert.equal((await put("c2FsdCBvZiBvbmUgYXBw")).status, 200);
      const other = await put("YW5vdGhlciBzYWx0IDEy");
      assert.deepEqual([other.status, other.code], [409, "SALT_ALREADY_SET"]);
    },
    "a new secret ends the other sessions and replaces the keys of a sealed account": async (world) => {
      const device = await world.register(sealedFields());
      const other = await world.login(device);
      const change = (password: string, version: number) =>
        post(device, "/api/v1/auth/password", { password, new_password: "the second secret", ...newKeys(version) });
      assert.equal((await change("a wrong one", 1)).code, "INVALID_CREDENTIALS");
      assert.equal((await change(device.secret, 7)).code, "KEYS_CHANGED");
      const changed = await change(device.secret, 1);
      assert.deepEqual(changed.data, { keys_version: 2, ended_sessions: 1 });
      assert.equal((await other.call({ url: "/api/v1/sync/status" })).code, "SESSION_REVOKED");
      assert.equal((await world.tryLogin(device.email, device.secret)).code, "INVALID_CREDENTIALS");
      assert.equal((await world.tryLogin(device.email, "the second secret")).status, 200);
    },
    "the recovery key gives a token that is good once, for that alone": async (world) => {
      const device = await world.register(sealedFields());
      const start = (recovery_auth: string) =>
        world.target.call<{ recovery_token: string }>({
          method: "POST",
          url: "/api/v1/auth/recover/start",
          json: { email: device.email, recovery_auth },
        });
      assert.equal((await start("not the recovery secret")).code, "INVALID_CREDENTIALS");
      const token = (await start(recoverySecret)).data.recovery_token;
      assert.equal((await world.target.call({ url: "/api/v1/sync/status", token })).status, 401);
      const recover = () =>
        world.target.call<Session>({
          method: "POST",
          url: "/api/v1/auth/recover",
          token,
          json: {
            new_password: "the recovered secret",
            recovery_auth: "the next recovery secret",
            device_id: device.id,
            ...newKeys(1),
          },
        });
      const recovered = await recover();
      assert.equal(recovered.status, 200);
      assert.equal((await device.call({ url: "/api/v1/sync/status" })).code, "SESSION_REVOKED");
      assert.ok((await recover()).status >= 400);
      assert.equal((await world.tryLogin(device.email, "the recovered secret")).status, 200);
    },
    "a secret has 8 bytes at least": async (world) => {
      const json = { email: freshEmail(), password: "short", device_id: randomUUID() };
      const answer = await world.target.call({ method: "POST", url: "/api/v1/auth/register", json });
      assert.deepEqual([answer.status, answer.code], [400, "INVALID_REQUEST"]);
    },
  }),
  ...casesOf(
    "Registration",
    {
      "a closed server takes no new account without an invitation": async (world) => {
        const json = { email: freshEmail(), password: "a good secret", device_id: randomUUID() };
        const answer = await world.target.call({ method: "POST", url: "/api/v1/auth/register", json });
        assert.deepEqual([answer.status, answer.code], [403, "REGISTRATION_CLOSED"]);
      },
    },
    closedRegistration,
  ),
  ...casesOf("Account", {
    "a sealed account proves its secret again; a plain one has no keys": async (world) => {
      const sealed = await world.register(sealedFields());
      const url = "/api/v1/account/keys";
      const bare = await sealed.call({ url });
      assert.deepEqual([bare.status, bare.code], [401, "REAUTH_REQUIRED"]);
      const keys = await sealed.call<{ version: number }>({ url, headers: { "owlivion-password": sealed.secret } });
      assert.equal(keys.data.version, 1);
      const { device } = await world.collection();
      const plain = await device.call({ url });
      assert.deepEqual([plain.status, plain.code], [403, "PLAIN_ACCOUNT"]);
    },
    "keys are replaced by compare and set, and their epoch never falls": async (world) => {
      const device = await world.register(sealedFields());
      const put = (version: number, keyEpoch: number) => {
        const json = { password: device.secret, version, keys: keySet(keyEpoch) };
        return device.call({ method: "PUT", url: "/api/v1/account/keys", json });
      };
      assert.equal((await put(5, 2)).code, "KEYS_CHANGED");
      assert.equal((await put(1, 2)).status, 200);
      assert.equal((await put(2, 1)).code, "KEY_EPOCH_OUTDATED");
    },
    "the export holds everything, and its last line says so": async (world) => {
      const device = await world.register();
      const contacts = device.collection(world.facts.config.data_types[0]!);
      await contacts.put([{ id: "exported", text: "x" }]);
      const answer = await device.call({ url: "/api/v1/account/export" });
      const lines = answer.bytes.toString().trimEnd().split("\n");
      const types = lines.map((line) => (JSON.parse(line) as { type: string }).type);
      assert.deepEqual([types[0], types.at(-1)], ["export", "end"]);
      assert.ok(lines.some((line) => line.includes("exported")));
    },
    "an erased account is gone at once": async (world) => {
      const device = await world.register();
      const answer = await device.call({ method: "DELETE", url: "/api/v1/account" });
      assert.equal(answer.status, 200);
      assert.equal((await device.call({ url: "/api/v1/sync/status" })).status, 401);
      assert.equal((await world.tryLogin(device.email, device.secret)).code, "INVALID_CREDENTIALS");
    },
    "a sealed account with the same id, made anew, knows no old cursor (R15)": async (world) => {
      const fields = sealedFields();
      const first = await world.register(fields);
      const [dataType = ""] = world.facts.config.data_types;
      const { next_cursor: cursor } = await first.collection(dataType).page({ cursor: "initial" });
      const headers = { "owlivion-password": first.secret };
      assert.equal((await first.call({ method: "DELETE", url: "/api/v1/account", headers })).status, 200);
      const second = await world.register(fields);
      assert.equal((await second.collection(dataType).pull({ cursor })).code, "INVALID_CURSOR");
    },
  }),
  ...casesOf("Devices", {
    "devices are listed, oldest first; one revoked is refused on its next request": async (world) => {
      const device = await world.register({ device_name: "first", platform: "linux" });
      const other = await world.login(device);
      type List = { devices: { device_id: string; is_current: boolean; is_active: boolean }[]; active: number };
      const list = await device.call<List>({ url: "/api/v1/devices" });
      assert.deepEqual(
        list.data.devices.map((one) => [one.device_id, one.is_current]),
        [
          [device.id, true],
          [other.id, false],
        ],
      );
      const revoke = (id: string) => device.call({ method: "DELETE", url: `/api/v1/devices/${id}` });
      assert.equal((await revoke(other.id)).status, 200);
      assert.equal((await other.call({ url: "/api/v1/sync/status" })).code, "SESSION_REVOKED");
      const own = await revoke(device.id);
      assert.deepEqual([own.status, own.code], [400, "CANNOT_DELETE_CURRENT_DEVICE"]);
      const unknown = await revoke(randomUUID());
      assert.deepEqual([unknown.status, unknown.code], [404, "DEVICE_NOT_FOUND"]);
      await world.login(device, other.id);
      assert.equal((await device.call<List>({ url: "/api/v1/devices" })).data.active, 2);
    },
    "a device keeps five sessions: the oldest ends": async (world) => {
      const device = await world.register();
      for (let i = 0; i < 5; i += 1) await world.login(device, device.id);
      assert.equal((await device.call({ url: "/api/v1/sync/status" })).code, "SESSION_REVOKED");
    },
  }),
  ...slow(
    casesOf("Devices", {
      [`an account has ${limits.maxDevicesPerAccount} active devices at most`]: async (world) => {
        const device = await world.register();
        for (let i = 1; i < limits.maxDevicesPerAccount; i += 1) await world.login(device);
        const answer = await world.tryLogin(device.email, device.secret);
        assert.deepEqual([answer.status, answer.code], [409, "TOO_MANY_DEVICES"]);
      },
    }),
  ),
];
