import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openWorld, password, type World } from "./support/cli-world.ts";

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const errorOf = (stderr: string): unknown => (JSON.parse(stderr) as { error: unknown }).error;

describe("signing up", () => {
  test("writes the recovery key closed to others, and says who is signed in", async () => {
    const args = ["signup", "--url", world.proxy.url, "--email", "Ada@example.com", "--device-name", "laptop"];
    const signedUp = await world.json("ada", [...args, "--recovery-key-file", world.path("ada.key")]);
    expect(signedUp).toEqual({
      account_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      email: "ada@example.com",
      device_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      device_name: "laptop",
      url: world.proxy.url,
      dir: world.path("ada"),
    });
    expect(readFileSync(world.path("ada.key"), "utf8")).toMatch(/^([0-9A-Z]{4}-){8}[0-9A-Z]{4}\n$/);
    expect(statSync(world.path("ada.key")).mode & 0o777).toBe(0o600);
    expect(statSync(world.path("ada")).mode & 0o777).toBe(0o700);

    expect(await world.run("ada", [...args, "--json"])).toMatchObject({ exitCode: 2 });
    const again = await world.run("other", [...args, "--recovery-key-file", world.path("other.key"), "--json"]);
    expect(again).toMatchObject({ exitCode: 1, stdout: "" });
    expect(errorOf(again.stderr)).toMatchObject({ code: "EMAIL_EXISTS" });
    expect(existsSync(world.path("other.key"))).toBe(false);
  });

  test("a script without a file gets the recovery key printed", async () => {
    const args = ["signup", "--url", world.proxy.url, "--email", "script@example.com", "--json"];
    const { exitCode, stdout, stderr } = await world.run("script", args);
    expect(exitCode).toBe(0);
    const { recovery_key: key } = JSON.parse(stdout) as { recovery_key: string };
    expect(key).toMatch(/^([0-9A-Z]{4}-){8}[0-9A-Z]{4}$/);
    expect(stderr).toContain(key);
  });

  test("needs a server, and a password that is worth something", async () => {
    const email = ["--email", "bob@example.com"];
    const key = ["--recovery-key-file", world.path("bob.key")];
    expect(await world.run("bob2", ["signup", ...email, ...key])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("--url"),
    });
    const plain = await world.run("bob3", ["signup", "--url", "http://sync.example.com", ...email, ...key]);
    expect(plain).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("https://") });
    expect(existsSync(world.path("bob3"))).toBe(false);
    const args = ["signup", "--url", world.proxy.url, ...email, ...key];
    const weak = await world.run("bob", args, { env: { OWLIVION_PASSWORD: "password1234" } });
    expect(weak).toMatchObject({ exitCode: 2 });
    expect(await world.run("bob", args, { env: { OWLIVION_PASSWORD: "" } })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("OWLIVION_PASSWORD"),
    });
  });

  test("offline keeps the key, and the same command goes on with it", async () => {
    const args = ["signup", "--email", "late@example.com", "--recovery-key-file", world.path("late.key")];
    const offline = await world.run("late", [...args, "--url", "http://127.0.0.1:9", "--json"]);
    expect(offline.exitCode).toBe(4);
    expect(errorOf(offline.stderr)).toMatchObject({ code: "OFFLINE" });
    const key = readFileSync(world.path("late.key"), "utf8");
    await world.json("late", [...args, "--url", world.proxy.url]);
    expect(readFileSync(world.path("late.key"), "utf8")).toBe(key);
  });

  test("leaves a folder alone that holds something else", async () => {
    mkdirSync(world.path("photos"));
    writeFileSync(world.path("photos/cat.jpg"), "");
    const args = [
      "signup",
      "--url",
      world.proxy.url,
      "--email",
      "x@example.com",
      "--recovery-key-file",
      world.path("x"),
    ];
    expect(await world.run("photos", args)).toMatchObject({ exitCode: 2 });
  });
});

describe("signing in and out", () => {
  test("a wrong password is refused with 3, and nothing is signed in", async () => {
    const email = await world.account("w1");
    const args = ["login", "--url", world.proxy.url, "--email", email];
    const wrong = await world.run("w2", [...args, "--json"], { env: { OWLIVION_PASSWORD: "not the password at all" } });
    expect(wrong).toMatchObject({ exitCode: 3, stdout: "" });
    expect(errorOf(wrong.stderr)).toMatchObject({ code: expect.stringMatching(/INVALID_CREDENTIALS|WRONG_PASSWORD/) });
    expect(await world.run("w2", ["list", "contacts", "--url", world.proxy.url])).toMatchObject({ exitCode: 3 });
    expect(await world.run("nobody", ["list", "contacts"])).toMatchObject({ exitCode: 3 });
    expect(existsSync(world.path("nobody"))).toBe(false);
  });

  test("signing out keeps unsent edits, sealed, for the next sign-in", async () => {
    const email = await world.account("out");
    await world.json("out", ["put", "contacts", '{"name":"Ada"}']);
    expect(await world.json("out", ["logout"])).toEqual({ unsent_edits: 1 });
    expect(await world.run("out", ["list", "contacts"])).toMatchObject({ exitCode: 3 });
    expect(await world.json("out", ["status"])).toMatchObject({ state: "locked", email });
    expect((await world.run("out", ["status", "--check"])).exitCode).toBe(3);
    await world.json("out", ["login"]);
    expect(await world.json("out", ["list", "contacts"])).toMatchObject([{ name: "Ada" }]);
    await world.json("out", ["sync"]);
    expect(await world.json("out", ["logout"])).toEqual({ unsent_edits: 0 });
    expect(await world.json("out", ["status"])).toMatchObject({ state: "signed_out", email: null });
  });

  test("devices are listed, and one that is revoked hears it at its next sync", async () => {
    await world.account("d1", "d2");
    const { device_id: id } = await world.json<{ device_id: string }>("d2", ["status"]);
    expect(await world.json("d1", ["devices", "list"])).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ device_id: id, is_current: false, is_active: true, platform: "linux" }),
      ]),
    );
    expect(await world.json("d1", ["devices", "revoke", id])).toEqual({ device_id: id });
    expect(await world.run("d2", ["sync"])).toMatchObject({ exitCode: 3, stderr: expect.stringContaining("login") });
    expect((await world.run("d2", ["sync"])).exitCode).toBe(3);
  });

  test("the password is changed, and set anew by the recovery key", async () => {
    const email = await world.account("p1");
    const next = "badgers dig at the dawn";
    const changed = await world.json("p1", ["password"], { env: { OWLIVION_NEW_PASSWORD: next } });
    expect(changed).toEqual({ changed: true });
    const at = ["--url", world.proxy.url, "--email", email];
    expect((await world.run("p2", ["login", ...at])).exitCode).toBe(3);
    await world.json("p2", ["login", ...at], { env: { OWLIVION_PASSWORD: next } });

    const newKey = ["recovery", "new-key", "--recovery-key-file", world.path("p1.key2")];
    await world.json("p1", newKey, { env: { OWLIVION_PASSWORD: next } });
    const args = ["recovery", "set-password", ...at, "--recovery-key-file", world.path("p1.key3")];
    const env = { OWLIVION_NEW_PASSWORD: password };
    const oldKey = ["--old-key-file", world.path("p1.recovery-key")];
    expect(await world.run("p3", [...args, ...oldKey], { env })).toMatchObject({ exitCode: 3 });
    expect(existsSync(world.path("p1.key3"))).toBe(false);
    const key = readFileSync(world.path("p1.key2"), "utf8");
    expect(await world.json("p3", args, { env: { ...env, OWLIVION_RECOVERY_KEY: key } })).toMatchObject({ email });
    expect(existsSync(world.path("p1.key3"))).toBe(true);
    await world.json("p4", ["login", ...at]);
  });

  test("an account is erased only when that is said", async () => {
    const email = await world.account("gone");
    expect(await world.run("gone", ["delete-account"])).toMatchObject({ exitCode: 2 });
    expect(await world.json("gone", ["delete-account", "--yes"])).toEqual({ deleted: email });
    expect(await world.json("gone", ["status"])).toMatchObject({ state: "signed_out" });
    expect((await world.run("gone2", ["login", "--url", world.proxy.url, "--email", email])).exitCode).toBe(3);
  });
});
