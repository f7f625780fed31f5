import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { SdkPage } from "./pages/sdk-page.ts";
import { newProfile, startBrowser, type TestDevice } from "./support/browser.ts";
import { type Home, startHome } from "./support/home.ts";

/** `page` is the one that `sdk-page.ts` offers. */
declare const page: SdkPage;

const hard = [
  "Şule Iğdır",
  "İnci ıspanak",
  "Çağrı Öztürk-Güneş",
  "Zoë 👩‍👩‍👧‍👦 🇹🇷 𝔸",
  "e\u0301 is é",
  "محمد",
  '\u0000 \u2028 \\ "',
];

describe("the SDK in Chromium", () => {
  test("an account is made with the real Argon2id, under a policy without eval", async () => {
    const home = await startHome();
    const browser = await startBrowser(await newProfile());
    const first = await home.openTab(browser, { realHash: true });
    await first.evaluate((person) => page.signUp(person), home.person);
    expect(await first.evaluate(() => page.sync.status.state)).toBe("idle");
    const policy = await first.evaluate(async () => (await fetch("/")).headers.get("content-security-policy"));
    expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval';/);

    const second = await home.openTab(await browser.otherDevice(), { realHash: true });
    const wrong = { ...home.person, password: "another long password" };
    expect(await second.evaluate((wrong) => page.codeOf(page.sync.signIn(wrong)), wrong)).toBe("INVALID_CREDENTIALS");
    await second.evaluate((person) => page.sync.signIn(person), home.person);
    expect(await second.evaluate(() => page.sync.account?.email)).toBe(home.person.email);
  });

  test("an edit on one device is seen live on the other", async () => {
    const { a, b } = await twoDevices();
    for (const tab of [a, b]) await tab.evaluate(() => page.sync.start());
    await expect.poll(() => isStreaming(b)).toBe(true);
    const id = await a.evaluate(() => page.contacts.put({ name: "Ada", emails: ["ada@example.com"] }));
    await expect.poll(() => names(b)).toEqual(["Ada"]);
    await b.evaluate((id) => page.contacts.patch(id, { notes: "met in London" }), id);
    await expect.poll(() => a.evaluate((id) => page.contacts.get(id), id)).toMatchObject({ notes: "met in London" });
  });

  test("Turkish, emoji, and whatever else a name may be", async () => {
    const { a, b } = await twoDevices();
    await a.evaluate((hard) => page.contacts.putMany(hard.map((name) => ({ name, notes: name.repeat(300) }))), hard);
    await a.evaluate(() => page.sync.syncNow());
    await b.evaluate(() => page.sync.syncNow());
    const found = await b.evaluate(() => page.contacts.list());
    expect(found.map(({ name }) => name).sort()).toEqual(hard.toSorted());
    expect(found.every(({ name, notes }) => notes === name!.repeat(300))).toBe(true);
  });

  test("what both wrote offline is merged, and what cannot be waits in the journal", async () => {
    const { a, b, deviceA, deviceB } = await twoDevices();
    const id = await a.evaluate(() => page.contacts.put({ name: "Grace", notes: "", company: "Navy" }));
    for (const tab of [a, b]) await tab.evaluate(() => page.sync.start());
    await expect.poll(() => names(b)).toEqual(["Grace"]);

    for (const device of [deviceA, deviceB]) await device.setOffline(true);
    await a.evaluate((id) => page.contacts.patch(id, { notes: "of A", company: "Harvard" }), id);
    await b.evaluate((id) => page.contacts.patch(id, { notes: "of B", favourite: true }), id);
    await a.evaluate(() => page.contacts.put({ name: "made by A" }));
    await b.evaluate(() => page.contacts.put({ name: "made by B" }));
    for (const tab of [a, b]) {
      await expect.poll(() => tab.evaluate(() => page.sync.status.state)).toBe("offline");
      expect(await tab.evaluate(() => page.sync.status.waiting)).toBe(2);
    }

    for (const device of [deviceA, deviceB]) await device.setOffline(false);
    for (const tab of [a, b]) {
      await expect.poll(() => names(tab), { timeout: 15_000 }).toEqual(["Grace", "made by A", "made by B"]);
      await expect.poll(() => tab.evaluate(() => page.sync.status.waiting), { timeout: 15_000 }).toBe(0);
    }
    const grace = (tab: Page) => tab.evaluate((id) => page.contacts.get(id), id);
    await expect.poll(() => grace(a)).toMatchObject({ company: "Harvard", favourite: true });
    await expect.poll(async () => isSame(await grace(a), await grace(b))).toBe(true);
    const journals = await Promise.all([a, b].map((tab) => tab.evaluate(() => page.sync.conflicts.list())));
    const conflicts = journals.flat();
    expect(conflicts).toMatchObject([{ kind: "fields", recordId: id, fields: ["notes"] }]);

    // Whoever has the entry takes the other's words; both see them.
    const resolver = journals[0]!.length === 1 ? a : b;
    await resolver.evaluate((id) => page.sync.conflicts.resolve(id, "local"), conflicts[0]!.id);
    const chosen = (conflicts[0]!.local as { notes: string }).notes;
    for (const tab of [a, b]) await expect.poll(async () => (await grace(tab))?.notes).toBe(chosen);
  });

  test("a page of another origin learns the server's time and how long to wait", async () => {
    const home = await startHome({ rateLimitScale: 0.05 });
    const tab = await home.openTab(await startBrowser(await newProfile()));
    const date = await tab.evaluate(async (url) => (await fetch(`${url}/health`)).headers.get("date"), home.url);
    expect(date).toMatch(/GMT$/);
    const attempt = () =>
      tab.evaluate(
        (person) =>
          page.sync.signIn(person).then(
            () => null,
            ({ code, retryAfterMs, requestId }) => ({ code, retryAfterMs, requestId }),
          ),
        home.person,
      );
    await expect.poll(attempt).toEqual({
      code: "RATE_LIMITED",
      retryAfterMs: expect.any(Number),
      requestId: expect.any(String),
    });
  });
});

interface TwoDevices {
  readonly home: Home;
  readonly a: Page;
  readonly b: Page;
  readonly deviceA: TestDevice;
  readonly deviceB: TestDevice;
}

async function twoDevices(): Promise<TwoDevices> {
  const home = await startHome();
  const deviceA = await startBrowser(await newProfile());
  const deviceB = await deviceA.otherDevice();
  const a = await home.signedInTab(deviceA);
  return { home, deviceA, deviceB, a, b: await home.signedInTab(deviceB) };
}

const names = (tab: Page): Promise<string[]> => tab.evaluate(() => page.names());

const isStreaming = (tab: Page): Promise<boolean> =>
  tab.evaluate(() => page.requests.includes("GET /sync/events") && page.sync.status.state === "idle");

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
