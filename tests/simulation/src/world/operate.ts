import type { Sync } from "@owlivion/sync-client";
import type { Operation, OperationKind } from "../tapes/operations.ts";
import type { SimDevice } from "./sim-device.ts";
import { canary } from "./person.ts";
import { type Note, noteType, type Preference, preferenceType } from "./sim-data-types.ts";
import { isReady, settleSession } from "./settle-session.ts";
import type { SimProcess } from "./sim-process.ts";
import type { Intent } from "./tokens.ts";

interface Doing {
  readonly device: SimDevice;
  readonly process: SimProcess;
  readonly sync: Sync;
  readonly a: number;
  readonly b: number;
}

/** A person does something. Whatever is refused is told; nothing is waited for by anybody else. */
export async function operate(device: SimDevice, { kind, a, b }: Operation): Promise<void> {
  if (device.isSuspended) return;
  const process = device.main;
  if (process === null) {
    // The app is not open: it is, before anything else.
    if (device.processes.length === 0) await device.openApp();
    if (device.main !== null) await settleSession(device.main);
    return;
  }
  const { sync } = process;
  if (sync === null || process.isBusy) return;
  if (!isReady(sync)) await settleSession(process);
  device.world.note(`${device.name} does ${kind}`);
  device.world.begun.add(kind);
  process.doing += 1;
  try {
    await actions[kind]({ device, process, sync, a, b });
    device.world.happened(`did.${kind}`);
  } catch (error) {
    device.world.failed(device, kind, error);
  } finally {
    process.doing -= 1;
  }
}

const notes = ({ sync }: Doing) => sync.collection<Note>(noteType);
const hotId = ({ device, a }: Doing): string => `r${a % device.world.plan.workload.hotRecords}`;

const actions: Record<OperationKind, (doing: Doing) => Promise<unknown>> = {
  edit: (doing) => write(doing, hotId(doing), [["a", "b", "n"][doing.b % 3] as "a"]),
  editMany: (doing) => write(doing, hotId(doing), doing.b % 2 === 0 ? ["a", "b"] : ["n", "tags"]),
  create: (doing) => write(doing, null, ["a"]),
  async createMany(doing) {
    const intents = [0, 1, 2].map(() => intend(doing, noteType, null, "a"));
    await attempt(doing, intents, async () => {
      const ids = await notes(doing).putMany(intents.map(({ token }) => ({ a: token })));
      intents.forEach((intent, i) => (intent.recordId = ids[i]!));
    });
  },
  async remove(doing) {
    const list = await notes(doing).list();
    if (list.length === 0) return;
    const { id } = list[doing.b % list.length]!;
    await notes(doing).delete(id);
  },
  async removeAll(doing) {
    const list = await notes(doing).list();
    await notes(doing).deleteMany(
      list.map(({ id }) => id),
      { confirmed: doing.b % 2 === 0 },
    );
  },
  async choose(doing) {
    const key = `${canary}.${["theme", "font", "size"][doing.a % 3]!}`;
    const intent = intend(doing, preferenceType, null, "value");
    await attempt(doing, [intent], async () => {
      const id = await doing.sync.collection<Preference>(preferenceType).put({ key, value: intent.token });
      intent.recordId = id;
    });
  },
  async chooseDefault(doing) {
    const key = `${canary}.${["theme", "font", "size"][doing.a % 3]!}`;
    await doing.sync.collection<Preference>(preferenceType).putDefault({ key, value: doing.b % 4 });
  },
  async strange(doing) {
    const texts = ["", "e\u0301", "\u00e9", "\u{1f469}\u200d\u{1f4bb}", "\u0000\u001f", "\ufb01", "I\u0307"];
    const intent = intend(doing, noteType, null, "a");
    await attempt(doing, [intent], async () => {
      intent.recordId = await notes(doing).put({ a: intent.token, b: texts[doing.b % texts.length]! });
    });
  },
  async large(doing) {
    const intent = intend(doing, noteType, null, "a");
    await attempt(doing, [intent], async () => {
      const b = noise(doing.b, doing.b % 2 === 0 ? 30_000 : 270_000);
      intent.recordId = await notes(doing).put({ a: intent.token, b });
    });
  },
  syncNow: async ({ sync, a }) => await sync.syncNow({ prove: a % 4 === 0 }),
  async startLive({ device, sync }) {
    device.isLive = true;
    sync.start();
  },
  async stopLive({ device, sync }) {
    device.isLive = false;
    await sync.stop();
  },
  async resolve({ device, sync, a, b }) {
    const open = await sync.conflicts.list();
    if (open.length === 0) return;
    const conflict = open[b % open.length]!;
    device.world.hasBroughtBack = true;
    await sync.conflicts.resolve(conflict.id, a % 2 === 0 ? "local" : "remote");
  },
  async decide({ sync, a, b }) {
    const { deletions } = sync;
    const isYes = a % 2 === 0;
    if (((await deletions.held()).get(noteType) ?? 0) > 0) {
      return await (isYes ? deletions.confirm(noteType) : deletions.undo(noteType));
    }
    if ((await deletions.staged(noteType)).length > 0) {
      return await (isYes ? deletions.accept(noteType) : deletions.reject(noteType));
    }
    if ((await deletions.unconfirmed(noteType)).length > 0 && b % 4 === 0) return await deletions.keep(noteType);
    return undefined;
  },
  async restart({ device }) {
    await device.closeApp();
    await device.openApp();
    if (device.main !== null) await settleSession(device.main);
  },
  async openTab({ device }) {
    if (device.processes.length < 3) await device.openApp();
  },
  async closeTab({ device, process }) {
    if (device.processes.length < 2) return;
    await process.sync?.close();
    process.life.end("closed a tab");
  },
  async lock({ sync, device, process, b }) {
    await sync.lock();
    if (b % 2 === 0) return;
    device.world.scheduler.at(b % 20_000, () => void settleSession(process));
  },
  async changePassword({ device, sync, a }) {
    const { person } = device;
    const [password] = person.passwords;
    const newPassword = person.newPassword(a);
    person.passwords = [newPassword, ...person.passwords].slice(0, 6);
    await sync.changePassword({ password: password!, newPassword });
  },
  async signOut({ device, sync, b }) {
    await sync.signOut();
    device.world.scheduler.at(1_000 + (b % 20_000), () => {
      if (device.main !== null) void settleSession(device.main);
    });
  },
  async bringBack(doing) {
    const { sync, b } = doing;
    const past = await sync.history.list(noteType, hotId(doing));
    const entries = past.entries.filter(({ problem }) => problem === null);
    if (entries.length === 0) return;
    doing.device.world.hasBroughtBack = true;
    await sync.history.restore(noteType, hotId(doing), entries[b % entries.length]!.version);
  },
  async restoreTo({ device, sync, b }) {
    const collection = device.disk.mirror.get("collections", noteType);
    const version = collection === undefined ? 0 : Math.floor((collection.position * (b % 100)) / 100);
    if (version === 0) return;
    device.world.hasBroughtBack = true;
    const preview = await sync.restoreTo(noteType, { version });
    await preview.apply();
  },
  async doctor({ sync, a }) {
    const report = await sync.doctor({ full: a % 2 === 0 });
    return report;
  },
};

/** New values in some fields of a record, made when there is none. */
async function write(doing: Doing, recordId: string | null, fields: readonly (keyof Note)[]): Promise<void> {
  const intents = fields.map((field) => intend(doing, noteType, recordId, field));
  const there = recordId === null ? undefined : await notes(doing).get(recordId);
  const values: Record<string, unknown> = {};
  for (const { field, token } of intents)
    values[field] = field === "tags" ? [...(there?.tags ?? []).slice(-4), token] : token;
  await attempt(doing, intents, async () => {
    if (there !== undefined) await notes(doing).patch(recordId!, values);
    else {
      const id = await notes(doing).put({ ...(values as Note), ...(recordId === null ? {} : { id: recordId }) });
      for (const intent of intents) intent.recordId = id;
    }
  });
}

const intend = ({ device }: Doing, dataType: string, recordId: string | null, field: string): Intent =>
  device.world.intents.make(device.name, dataType, recordId, field);

/** Every value is a write that was promised, refused, or neither, because the process died. */
async function attempt(
  { process, device }: Doing,
  intents: readonly Intent[],
  work: () => Promise<void>,
): Promise<void> {
  void process.life.over.then(() => {
    for (const intent of intents) if (intent.state === "pending") intent.state = "unknown";
  });
  try {
    await work();
    for (const intent of intents) intent.state = "done";
    device.world.note(
      `${device.name} wrote ${intents.map(({ token, recordId, field }) => `${recordId}.${field}=${token}`).join(" ")}`,
    );
  } catch (error) {
    for (const intent of intents) intent.state = "refused";
    throw error;
  }
}

/** Text that no compression makes smaller. */
function noise(seed: number, chars: number): string {
  let state = seed | 1;
  let text = "";
  for (let i = 0; i < chars; i += 1) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    text += String.fromCharCode(33 + ((state >>> 8) % 90));
  }
  return text;
}
