import { type Contact, openSync, type OpenStore, type Store, type Sync, type SyncEvent } from "@owlivion/sync-client";
import { insecurePasswordHashForTests } from "@owlivion/sync-crypto/testing";

export interface Person {
  readonly email: string;
  readonly password: string;
}

/** How a sync ended. */
export interface Synced {
  /** `ok`, or the code of what stopped it. */
  readonly code: string;
  /** Codes of single collections that failed. */
  readonly failures: readonly string[];
}

/** What a device told its application since it was asked last. */
export interface Told {
  readonly type: string;
  /** `integrity`: the problem; `unreadable`, `deletions_staged`: the reason; `resync`: the cause; `error`: the code. */
  readonly detail: string | null;
}

const rowTables = ["records", "views", "outbox", "marks", "batches", "collections", "conflicts"] as const;

/**
 * An app on one device, as small as one can be. The same code runs in Node and in a page; everything that goes in and out of its
 * calls is JSON.
 */
export class Device {
  readonly #sync: Sync;
  readonly #openStore: OpenStore;
  #told: Told[] = [];

  private constructor(sync: Sync, openStore: OpenStore) {
    this.#sync = sync;
    this.#openStore = openStore;
    sync.on((event) => this.#told.push({ type: event.type, detail: detailOf(event) }));
  }

  static async open(url: string, openStore: OpenStore): Promise<Device> {
    const passwordHash = insecurePasswordHashForTests;
    return new Device(await openSync({ url, store: openStore, platform: "other", passwordHash }), openStore);
  }

  async signUp(person: Person): Promise<{ code: string; recoveryKey: string }> {
    let recoveryKey = "";
    const code = await codeOf(
      this.#sync.signUp({
        ...person,
        confirmRecoveryKey: async (shown) => {
          recoveryKey = shown.recoveryKey;
          return shown.askedGroups.map((group) => shown.recoveryKey.split("-")[group - 1]!);
        },
      }),
    );
    return { code, recoveryKey };
  }

  signIn(person: Person): Promise<string> {
    return codeOf(this.#sync.signIn(person));
  }

  recover(email: string, recoveryKey: string, newPassword: string): Promise<string> {
    const confirmRecoveryKey = async (shown: { recoveryKey: string; askedGroups: readonly number[] }) =>
      shown.askedGroups.map((group) => shown.recoveryKey.split("-")[group - 1]!);
    return codeOf(this.#sync.recover({ email, recoveryKey, newPassword, confirmRecoveryKey }));
  }

  changePassword(password: string, newPassword: string): Promise<string> {
    return codeOf(this.#sync.changePassword({ password, newPassword }));
  }

  lock(): Promise<void> {
    return this.#sync.lock();
  }

  unlock(password: string): Promise<string> {
    return codeOf(this.#sync.unlock({ password }));
  }

  /** The ids of the other devices that the server names. */
  async deviceNames(): Promise<string[]> {
    return (await this.#sync.devices()).map(({ deviceName, platform }) => deviceName ?? platform);
  }

  async account() {
    const { account, status } = this.#sync;
    return { account, status, integrity: await this.#sync.integrity.list() };
  }

  async put(contact: Contact & { id?: string }): Promise<string> {
    return await this.#sync.collection<Contact>("contacts").put(contact);
  }

  async patch(id: string, fields: Contact): Promise<void> {
    await this.#sync.collection<Contact>("contacts").patch(id, fields);
  }

  async delete(id: string): Promise<boolean> {
    return await this.#sync.collection("contacts").delete(id);
  }

  async putPreference(key: string, value: string): Promise<void> {
    await this.#sync.collection("preferences").put({ key, value });
  }

  /** `prove`: what was pushed is proved at once. */
  async syncNow(options: { prove?: boolean } = {}): Promise<Synced> {
    try {
      const { failures } = await this.#sync.syncNow(options);
      return { code: "ok", failures: failures.map(({ error }) => error.code) };
    } catch (error) {
      return { code: codeOfError(error), failures: [] };
    }
  }

  start(): void {
    this.#sync.start();
  }

  stop(): Promise<void> {
    return this.#sync.stop();
  }

  /** Every record that an application sees, by data type and id. */
  async visible(): Promise<Record<string, unknown>> {
    const all: Record<string, unknown> = {};
    for (const dataType of ["accounts", "contacts", "preferences", "signatures"]) {
      for await (const record of this.#sync.collection(dataType).iterate()) all[`${dataType}/${record.id}`] = record;
    }
    return all;
  }

  /** The device's rows in one form, a line for each: equal lines are equal rows. */
  async rows(): Promise<Record<string, string[]>> {
    const store: Store = await this.#openStore();
    try {
      const dump: Record<string, string[]> = {};
      for (const table of rowTables) {
        const rows = await store.read([table], async (tx) => await tx.scan(table, { prefix: "" }));
        dump[table] = rows.map((row) => canonicalText({ ...row, lastSyncMs: undefined }));
      }
      return dump;
    } finally {
      await store.close();
    }
  }

  /** What happened since this was asked last. */
  takeTold(): Told[] {
    const told = this.#told;
    this.#told = [];
    return told;
  }

  /** A record's versions, newest first: the kind, and what is wrong with each. */
  async history(id: string): Promise<{ kind: string; problem: string | null; isLinked: boolean | null }[]> {
    const { entries } = await this.#sync.history.list("contacts", id);
    return entries.map(({ kind, problem, isLinked }) => ({ kind, problem, isLinked }));
  }

  async restoreTo(version: number): Promise<string> {
    return await codeOf(this.#sync.restoreTo("contacts", { version }));
  }

  /** What the doctor says of the contacts' proof. */
  async proofSummary(): Promise<string> {
    const { checks } = await this.#sync.doctor();
    return checks.find(({ name, dataType }) => name === "proof" && dataType === "contacts")?.summary ?? "";
  }

  /** What a person does once the server can be trusted again: this device counts, what is hidden is kept, what was refused is sent. */
  async decide(staged: "accept" | "reject"): Promise<void> {
    const { integrity, deletions, conflicts } = this.#sync;
    for (const { dataType } of await integrity.list()) await integrity.trustThisDevice(dataType);
    for (const { dataType } of await deletions.staged()) await deletions[staged](dataType);
    for (const { dataType } of await deletions.unconfirmed()) await deletions.keep(dataType);
    for (const { id, kind } of await conflicts.list()) if (kind === "refused") await conflicts.resolve(id, "local");
  }

  close(): Promise<void> {
    return this.#sync.close();
  }
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "ok";
  } catch (error) {
    return codeOfError(error);
  }
}

const codeOfError = (error: unknown): string => String((error as { code?: unknown }).code ?? error);

function detailOf(event: SyncEvent): string | null {
  if (event.type === "integrity") return event.problem;
  if (event.type === "unreadable" || event.type === "deletions_staged" || event.type === "edit_held")
    return event.reason;
  if (event.type === "resync") return event.cause;
  if (event.type === "error") return event.error.code;
  return event.type === "conflict" ? event.conflict.kind : null;
}

/** JSON with fields in one order and bytes as hex. */
function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => {
    if (item instanceof Uint8Array) return [...item].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (typeof item !== "object" || item === null || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
