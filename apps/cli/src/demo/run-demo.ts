import { createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { isDeepStrictEqual } from "node:util";
import { CliError } from "../cli-error.ts";
import type { CountingProxy } from "./counting-proxy.ts";
import { DemoDevice } from "./demo-device.ts";
import type { DemoStep } from "./demo-table.ts";
import { generateVcards } from "./generate-contacts.ts";

export interface DemoOptions {
  readonly folder: string;
  readonly proxy: CountingProxy;
  readonly contacts: number;
  /** Hears of every step as it ends. */
  readonly onStep: (step: DemoStep) => void;
  readonly onCheck: (what: string) => void;
}

type Records = readonly ({ readonly id: string } & Readonly<Record<string, unknown>>)[];
type Conflicts = readonly { readonly kind: string; readonly record_id: string; readonly fields: readonly string[] }[];

const email = "demo@example.com";
const password = "owls fly home every evening";

/** Half of the bytes and more: a download is about what the upload was. */
const killedAtShare = 0.55;
const manyEdits = 50;

/** One person, two devices, one address book: everything that can happen to it, through the real client and server. */
export async function runDemo({ folder, proxy, contacts, onStep, onCheck }: DemoOptions): Promise<void> {
  const file = join(folder, "contacts.vcf");
  await pipeline(Readable.from(generateVcards(contacts)), createWriteStream(file));
  const a = new DemoDevice(join(folder, "a"), proxy, password);
  const b = new DemoDevice(join(folder, "b"), proxy, password);
  const check = (isSo: boolean, what: string): void => {
    if (!isSo) throw new CliError(`This should be so, and is not: ${what}`);
    onCheck(what);
  };

  const account = ["--url", proxy.url, "--email", email];
  onStep(await a.step("A: sign up", ["signup", ...account, "--recovery-key-file", join(folder, "recovery-key.txt")]));
  onStep(await a.step(`A: import ${contacts} contacts`, ["contacts", "import", file]));
  const upload = await a.step("A: sync, everything goes up", ["sync"]);
  onStep(upload);
  const everything = upload.wire!.sentBytes;
  check(upload.pushed === contacts, "every contact was sent");

  onStep(await b.step("B: sign in", ["login", ...account]));
  onStep(await b.killAfter("B: first sync, killed on the way", everything * killedAtShare, ["sync"]));
  const { records } = await b.run<{ records: { contacts?: number } }>(["status"]);
  onCheck(`${records.contacts ?? 0} of ${contacts} contacts are there after the kill`);
  onStep(await b.step("B: sync again, the rest comes down", ["sync"]));
  check((await list(b)).length === contacts, "B has every contact, once");

  onStep(await a.step("A: sync with nothing to do", ["sync"], everything));
  await editMany(a);
  onStep(await a.step(`A: sync ${manyEdits} edits`, ["sync"], everything));
  onStep(await b.step(`B: sync ${manyEdits} edits`, ["sync"], everything));

  const edited = await editOffline(a, b);
  for (const [name, device] of [
    ["A", a],
    ["B", b],
    ["A", a],
    ["B", b],
  ] as const) {
    onStep(await device.step(`${name}: sync what both did offline`, ["sync"], everything));
  }
  await verify(a, b, edited, check);

  const [exportA, exportB] = [join(folder, "a.vcf"), join(folder, "b.vcf")];
  onStep(await a.step("A: export", ["contacts", "export", exportA]));
  onStep(await b.step("B: export", ["contacts", "export", exportB]));
  check((await readFile(exportA)).equals(await readFile(exportB)), "both exports are the same file");
}

const list = async (device: DemoDevice): Promise<Records> => await device.run<Records>(["list", "contacts"]);

async function editMany(device: DemoDevice): Promise<void> {
  const some = (await list(device)).slice(-manyEdits);
  const edits = some.map((contact) => JSON.stringify({ ...contact, notes: "moved to the new office" }));
  await device.run(["put", "contacts"], edits.join("\n"));
}

interface OfflineEdits {
  readonly merged: string;
  readonly clashing: string;
  readonly keptAtB: string;
  readonly keptAtA: string;
  readonly made: string;
}

/** Neither hears of the other meanwhile. */
async function editOffline(a: DemoDevice, b: DemoDevice): Promise<OfflineEdits> {
  const [merged, clashing, keptAtB, keptAtA] = (await list(a)).map(({ id }) => id) as [string, string, string, string];
  const patch = (device: DemoDevice, id: string, fields: object) =>
    device.run(["patch", "contacts", id, JSON.stringify(fields)]);
  await patch(a, merged, { notes: "A wrote a note" });
  await patch(b, merged, { company: "B knows the company" });
  await patch(a, clashing, { notes: "A says this" });
  await patch(b, clashing, { notes: "B says that" });
  await a.run(["rm", "contacts", keptAtB]);
  await patch(b, keptAtB, { notes: "edited while A deleted it" });
  await patch(a, keptAtA, { notes: "edited while B deleted it" });
  await b.run(["rm", "contacts", keptAtA]);
  const met = { name: "Zoë Newman", emails: ["zoe@newman.example"] };
  await a.run(["put", "contacts", JSON.stringify({ ...met, company: "from A" })]);
  const { ids } = await b.run<{ ids: [string] }>(["put", "contacts", JSON.stringify({ ...met, title: "from B" })]);
  return { merged, clashing, keptAtB, keptAtA, made: ids[0] };
}

async function verify(
  a: DemoDevice,
  b: DemoDevice,
  edited: OfflineEdits,
  check: (isSo: boolean, what: string) => void,
): Promise<void> {
  const [onA, onB] = [await list(a), await list(b)];
  check(isDeepStrictEqual(onA, onB), "A and B have the same contacts");
  const get = (id: string) => onA.find((contact) => contact.id === id);
  const merged = get(edited.merged);
  check(
    merged?.["notes"] === "A wrote a note" && merged["company"] === "B knows the company",
    "edits of different fields were merged",
  );
  check(get(edited.clashing)?.["notes"] === "B says that", "of two edits of one field the newer is shown");
  check(
    get(edited.keptAtB) !== undefined && get(edited.keptAtA) !== undefined,
    "what one edited and the other deleted is kept",
  );
  const made = get(edited.made);
  check(made?.["company"] === "from A" && made["title"] === "from B", "the contact that both made is one");
  const conflicts = [...(await conflictsOf(a)), ...(await conflictsOf(b))];
  const isListed = conflicts.some(({ record_id: id, fields }) => id === edited.clashing && fields.includes("notes"));
  check(isListed, "the conflict is listed, with the value that lost");
}

const conflictsOf = async (device: DemoDevice): Promise<Conflicts> =>
  await device.run<Conflicts>(["conflicts", "list"]);
