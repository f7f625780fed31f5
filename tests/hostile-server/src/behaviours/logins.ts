import { randomBytes } from "node:crypto";
import { insecurePasswordHashForTests } from "@owlivion/sync-crypto/testing";
import { deriveLogin, unwrapKeyBundle } from "@owlivion/sync-crypto/account";
import { expect } from "vitest";
import type { Lie } from "../server/hostile-server.ts";
import { allOf, changeReply, onlyFor, route } from "../server/lies.ts";
import type { Body } from "../server/message.ts";
import type { Mallory, World } from "../world/world.ts";
import type { Behaviour } from "./behaviour.ts";

/** Whose keys they are, and how a password becomes one: M1, M2, M10, M16, M18. A new device signs in. */

const isPrelogin = route("POST", "/auth/prelogin");
const isLogin = route("POST", "/auth/login");
const onPrelogin = (change: (data: Body) => Body): Lie => changeReply(isPrelogin, change);
const onLogin = (change: (data: Body) => Body): Lie => changeReply(isLogin, change);

/** A new device signs in while the server lies; nothing may be on it afterwards, and nothing was synced. */
async function signInAnew(world: World): Promise<string> {
  const { server } = world;
  const before = server.past.length;
  const fresh = await world.openDevice();
  const code = await fresh.signIn(world.person);
  expect((await fresh.account()).account).toBeNull();
  expect(await fresh.visible()).toEqual({});
  expect(server.past.slice(before).filter(({ asked }) => asked.path.startsWith("/sync"))).toEqual([]);
  return code;
}

const atSignIn = (
  row: "M1" | "M2" | "M10" | "M16",
  name: string,
  lie: Behaviour["lie"],
  code: string,
  more: Partial<Behaviour> = {},
): Behaviour => ({
  row,
  name,
  world: { news: false },
  lie,
  meet: signInAnew,
  detects: { code },
  changes: "nothing",
  ...more,
});

/**
 * Whatever secret comes, the account's real reply to its own device is given again, but for the tokens: whoever refuses the account
 * signs out with them, and would sign that device out.
 */
const acceptAnySecret = (world: World): Lie => {
  const { answer } = world.server.past.findLast(
    (each) => isLogin(each.asked) && each.asked.body.email === world.person.email && each.answer.status === 200,
  )!;
  const again = structuredClone(answer.body);
  const { tokens } = again.data;
  for (const name of ["access_token", "refresh_token"]) tokens[name] = randomBytes(32).toString("base64url");
  return async (asked, forward) => (isLogin(asked) ? { ...answer, body: again } : await forward());
};

const withMallory =
  (change: (data: Body, mallorys: Body, mallory: Mallory) => void) =>
  async (world: World): Promise<Lie> => {
    const mallory = await world.signUpMallory();
    const { data } = world.server.past.findLast(
      ({ asked }) => asked.path === "/auth/register" && asked.body.email === mallory.person.email,
    )!.answer.body;
    const mallorys = { ...data, keys: data.keys ?? keysOfRegister(world, mallory) };
    return onLogin((own) => void change(own, mallorys, mallory));
  };

const keysOfRegister = ({ server }: World, { person }: Mallory): Body => {
  const { keys } = server.past.findLast(
    ({ asked }) => asked.path === "/auth/register" && asked.body.email === person.email,
  )!.asked.body;
  return { version: 1, ...keys };
};

const flipWrap = (name: string, at: number, code: string): Behaviour =>
  atSignIn(
    "M10",
    `changes ${name} of the wrapped keys`,
    () =>
      onLogin((data) => {
        const wrap = Buffer.from(data.keys.password_wrap, "base64");
        wrap[at] = wrap[at]! ^ 1;
        data.keys.password_wrap = wrap.toString("base64");
      }),
    code,
  );

export const logins: readonly Behaviour[] = [
  atSignIn(
    "M1",
    "asks for a suite without a cost",
    () => onPrelogin((data) => ({ ...data, auth_suite: 0 })),
    "UNKNOWN_SUITE",
    {
      async check({ server, victimId, otherId }) {
        const logins = server.past.filter(
          ({ asked }) => isLogin(asked) && ![victimId, otherId].includes(asked.body.device_id),
        );
        expect(logins, "nothing was derived, so nothing was sent").toEqual([]);
      },
    },
  ),
  atSignIn(
    "M1",
    "asks for a suite of tomorrow",
    () => onPrelogin((data) => ({ ...data, auth_suite: 2 })),
    "UNKNOWN_SUITE",
  ),
  atSignIn("M1", "names no suite", () => onPrelogin((data) => ({ ...data, auth_suite: undefined })), "INVALID_REPLY"),
  {
    row: "M1",
    name: "asks for a cheaper hash in fields of its own",
    world: { news: false },
    lie: () => onPrelogin((data) => ({ ...data, memory_kib: 8, passes: 1, kdf: { name: "pbkdf2", iterations: 1 } })),
    async meet(world) {
      const fresh = await world.openDevice();
      return await fresh.signIn(world.person);
    },
    detects: {},
    isHarmless: true,
    changes: "nothing",
    async check({ server, person }) {
      const secrets = server.past
        .filter(({ asked }) => isLogin(asked) && asked.body.email === person.email)
        .map(({ asked }) => asked.body.password);
      expect(new Set(secrets).size, "the secret is the same as ever").toBe(1);
    },
  },
  atSignIn(
    "M1",
    "gives another account's seed",
    async (world) => {
      const mallory = await world.signUpMallory();
      const { asked } = world.server.past.findLast((each) => each.asked.body?.email === mallory.person.email)!;
      return onPrelogin((data) => ({ ...data, kdf_seed: asked.body.kdf_seed }));
    },
    "INVALID_CREDENTIALS",
  ),
  atSignIn(
    "M1",
    "gives a seed of its own and takes whatever comes of it",
    (world) =>
      allOf(
        onPrelogin((data) => ({ ...data, kdf_seed: Buffer.alloc(32).toString("base64") })),
        acceptAnySecret(world),
      ),
    "WRONG_PASSWORD",
    { residual: "A server can guess passwords offline" },
  ),
  atSignIn(
    "M1",
    "gives a seed that is too short",
    () => onPrelogin((data) => ({ ...data, kdf_seed: "AAAA" })),
    "INVALID_REPLY",
  ),
  atSignIn(
    "M2",
    "says that the account is a plain one",
    () =>
      onLogin((data) => {
        data.user.kind = "plain";
        delete data.keys;
      }),
    "PLAIN_ACCOUNT",
  ),
  atSignIn(
    "M2",
    "says that the account is a plain one, and gives keys",
    () => onLogin((data) => void (data.user.kind = "plain")),
    "INVALID_REPLY",
  ),
  flipWrap("the format", 0, "KEYS_TAMPERED"),
  flipWrap("the suite", 1, "KEYS_TAMPERED"),
  flipWrap("the purpose", 2, "KEYS_TAMPERED"),
  flipWrap("the key epoch", 6, "KEYS_TAMPERED"),
  flipWrap("the commitment", 7, "WRONG_PASSWORD"),
  flipWrap("the nonce", 39, "KEYS_TAMPERED"),
  flipWrap("the ciphertext", 63, "KEYS_TAMPERED"),
  atSignIn(
    "M10",
    "gives the recovery wrap in place of the password's",
    () => onLogin((data) => void (data.keys.password_wrap = data.keys.recovery_wrap)),
    "KEYS_TAMPERED",
  ),
  atSignIn(
    "M10",
    "gives another account's wrapped keys",
    withMallory((own, { keys }) => void (own.keys = keys)),
    "WRONG_PASSWORD",
  ),
  atSignIn(
    "M10",
    "gives noise for keys",
    () => onLogin((data) => void (data.keys.password_wrap = randomBytes(200).toString("base64"))),
    "KEYS_TAMPERED",
  ),
  atSignIn(
    "M10",
    "names another key epoch than the keys have",
    () => onLogin((data) => void (data.keys.key_epoch = 2)),
    "KEYS_TAMPERED",
  ),
  {
    row: "M10",
    name: "gives other keys to a device that was locked",
    world: { news: false },
    async prepare({ victim, victimId, server }) {
      server.lie = onlyFor(victimId, async () => ({
        status: 401,
        headers: { "content-type": "application/json" },
        body: { success: false, error: "no", code: "SESSION_REVOKED" },
      }));
      await victim.syncNow();
      server.lie = null;
      await victim.lock();
    },
    lie: withMallory((own, { keys }) => void (own.keys = keys)),
    meet: ({ victim, person }) => victim.signIn(person),
    detects: { code: "WRONG_PASSWORD" },
    changes: "nothing",
  },
  {
    row: "M10",
    name: "keeps the old keys and says that the password was changed",
    world: { news: false },
    lie: () => async (asked, forward) =>
      route("POST", "/auth/password")(asked)
        ? {
            status: 200,
            headers: { "content-type": "application/json" },
            body: { success: true, data: { keys_version: 2 } },
          }
        : await forward(),
    meet: ({ victim, person }) => victim.changePassword(person.password, `${person.password} new`),
    detects: {},
    changes: "marks",
    async check({ victim, person }) {
      // The device believed it; the person is not locked out of the device by it.
      await victim.lock();
      expect(await victim.unlock(`${person.password} new`)).toBe("ok");
    },
  },
  {
    row: "M10",
    name: "gives tampered keys to a device that changes the password",
    world: { news: false },
    lie: () =>
      changeReply(route("GET", "/account/keys"), (data) => {
        const wrap = Buffer.from(data.password_wrap, "base64");
        wrap[70] = wrap[70]! ^ 1;
        data.password_wrap = wrap.toString("base64");
      }),
    meet: ({ victim, person }) => victim.changePassword(person.password, `${person.password} new`),
    detects: { code: "KEYS_TAMPERED" },
    changes: "nothing",
  },
  {
    row: "M10",
    name: "gives another account's keys to whoever recovers",
    world: { news: false },
    async lie(world) {
      const mallory = await world.signUpMallory();
      const keys = keysOfRegister(world, mallory);
      return changeReply(route("POST", "/auth/recover/start"), (data) => void (data.keys = keys));
    },
    async meet(world) {
      const fresh = await world.openDevice();
      const code = await fresh.recover(world.person.email, world.recoveryKey, `${world.person.password} new`);
      expect((await fresh.account()).account).toBeNull();
      return code;
    },
    detects: { code: "WRONG_RECOVERY_KEY" },
    changes: "nothing",
  },
  atSignIn(
    "M16",
    "answers with another account's id",
    withMallory((own, _, { accountId }) => void (own.user.id = accountId)),
    "WRONG_PASSWORD",
  ),
  atSignIn(
    "M16",
    "answers with another e-mail address",
    () => onLogin((data) => void (data.user.email = "mallory@example.com")),
    "ACCOUNT_CHANGED",
  ),
  atSignIn(
    "M16",
    "signs in to another account altogether",
    withMallory((own, { user, keys, tokens }) => {
      Object.assign(own, { user: { ...user, email: own.user.email }, keys, tokens });
    }),
    "WRONG_PASSWORD",
  ),
  {
    row: "M16",
    name: "gives another account's tokens with the right keys",
    world: { news: false },
    lie: withMallory((own, { tokens }) => void (own.tokens = tokens)),
    async meet(world) {
      const fresh = await world.openDevice();
      await fresh.signIn(world.person);
      await fresh.syncNow();
      expect(await fresh.visible()).toEqual({});
      return (await fresh.account()).status.attention.map(({ kind }) => kind).join(" ");
    },
    detects: { code: "unreadable integrity" },
    changes: "nothing",
  },
  {
    row: "M18",
    name: "tries the secret of a sign-in on the wrapped keys",
    world: { news: false },
    lie: () => (_, forward) => forward(),
    async meet({ server, person, accountId }) {
      const { asked } = server.past.find((each) => isLogin(each.asked))!;
      const { keys, kdf_seed } = server.past.find((each) => each.asked.path === "/auth/register")!.asked.body;
      const wrap = Buffer.from(keys.password_wrap, "base64");
      const seed = Buffer.from(kdf_seed, "base64");
      const { kek } = await deriveLogin({ ...person, suite: 1, seed }, insecurePasswordHashForTests);
      expect(unwrapKeyBundle(kek, accountId, wrap)).toBeDefined();
      const guess = await deriveLogin(
        { email: person.email, password: asked.body.password, suite: 1, seed },
        insecurePasswordHashForTests,
      );
      expect(() => unwrapKeyBundle(guess.kek, accountId, wrap)).toThrow(/another secret/);
      return "refused";
    },
    detects: { code: "refused" },
    changes: "nothing",
  },
];
