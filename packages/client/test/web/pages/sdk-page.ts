import {
  type Collection,
  type Contact,
  openSync,
  type Sync,
  type SyncEvent,
  type SyncStatus,
  systemPorts,
} from "@owlivion/sync-client";
import { indexedDbStore } from "@owlivion/sync-client/indexeddb";
import { insecurePasswordHashForTests } from "@owlivion/sync-crypto/testing";
import { type FoundSecrets, lookForSecrets, lookForText } from "./look-for-secrets.ts";

export interface Person {
  readonly email: string;
  readonly password: string;
}

/** What the tests call in the page: an app, as small as one can be. */
export interface SdkPage {
  /** `realHash`: Argon2id at its full cost. */
  open(url: string, options?: { realHash?: boolean }): Promise<void>;
  readonly sync: Sync;
  readonly contacts: Collection<Contact>;
  signUp(person: Person): Promise<void>;
  /** Of every contact, sorted. */
  names(): Promise<string[]>;
  /** `ok`, or the code of the error. */
  codeOf(work: Promise<unknown>): Promise<string>;
  /** `METHOD path` of every request, below `/api/v1`. */
  readonly requests: string[];
  /** The refresh tokens that were sent. */
  readonly refreshTokens: string[];
  readonly events: SyncEvent[];
  readonly statuses: SyncStatus[];
  /** From now on, requests that match get no answer. */
  hold: RegExp | null;
  readonly held: string[];
  /** So much ahead is this device's clock. */
  clockAheadMs: number;
  /** Puts one contact after the other, for ever. */
  putForEver(prefix: string): void;
  /** The names of those whose promise resolved. */
  readonly acknowledged: string[];
  lookForSecrets(person: Person): Promise<FoundSecrets>;
  /** Where a text lies in the store in plain. */
  lookForText(text: string): Promise<readonly string[]>;
}

const storeName = "device";

let opened: Sync | undefined;
const requests: string[] = [];
const refreshTokens: string[] = [];
const held: string[] = [];
const events: SyncEvent[] = [];
const statuses: SyncStatus[] = [];
const acknowledged: string[] = [];

const sync = (): Sync => {
  if (opened === undefined) throw new Error("open it first");
  return opened;
};

const page: SdkPage = {
  async open(url, { realHash = false } = {}) {
    opened = await openSync({
      url,
      store: indexedDbStore(storeName),
      platform: "web",
      ports: {
        clock: { ...systemPorts.clock, now: () => Date.now() + page.clockAheadMs },
        async fetch(target, init) {
          const request = `${init.method} ${target.slice(`${url}/api/v1`.length)}`;
          requests.push(request);
          if (request === "POST /auth/refresh") refreshTokens.push(new TextDecoder().decode(init.body as Uint8Array));
          if (page.hold?.test(request) === true) {
            held.push(request);
            await new Promise(() => {});
          }
          return await systemPorts.fetch(target, init);
        },
      },
      ...(realHash ? {} : { passwordHash: insecurePasswordHashForTests }),
    });
    opened.on((event) => events.push(event));
    opened.onStatus((status) => statuses.push(status));
  },
  get sync() {
    return sync();
  },
  get contacts() {
    return sync().collection<Contact>("contacts");
  },
  signUp: (person) =>
    sync().signUp({
      ...person,
      confirmRecoveryKey: async ({ recoveryKey, askedGroups }) =>
        askedGroups.map((group) => recoveryKey.split("-")[group - 1]!),
    }),
  names: async () => (await page.contacts.list()).map(({ name }) => name ?? "").sort(),
  codeOf: (work) =>
    work.then(
      () => "ok",
      (error: unknown) => String((error as { code?: unknown }).code ?? error),
    ),
  requests,
  refreshTokens,
  events,
  statuses,
  hold: null,
  held,
  clockAheadMs: 0,
  putForEver(prefix) {
    void (async () => {
      for (let i = 0; ; i++) {
        const name = `${prefix} ${String(i).padStart(5, "0")}`;
        await page.contacts.put({ name });
        acknowledged.push(name);
      }
    })();
  },
  acknowledged,
  lookForSecrets: (person) => lookForSecrets(storeName, person),
  lookForText: (text) => lookForText(storeName, text),
};

Object.assign(globalThis, { page });
