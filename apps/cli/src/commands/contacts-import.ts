import { type Contact, contactName, SyncError } from "@owlivion/sync-client";
import { applyImport, type ExistingContact, type ImportStep, planImport, readVcards } from "@owlivion/sync-vcard";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { type Device, withSync } from "../device/with-sync.ts";
import { globalsOf, readPath } from "../globals.ts";
import { openInput } from "../terminal/input-file.ts";
import { openProgressBar } from "../terminal/progress-bar.ts";
import { countOf, plainText, printJson, printLine, printNote } from "../terminal/print.ts";

export function addContactsImport(contacts: Command): void {
  contacts
    .command("import")
    .description("take over the contacts of a vCard file (2.1, 3.0 or 4.0)")
    .argument("<file>", "the file; - is standard input", readPath)
    .option("--dry-run", "only say what would happen")
    .addHelpText(
      "after",
      `
A contact that is there already gets what the file knows more of it; the same file again changes nothing, so an import that
was interrupted is run again. What contacts have no field for is kept, and "contacts export" gives it back.

Example:
  owlivion contacts import contacts.vcf --dir ./a

JSON: {file, cards, added, updated, unchanged, skipped, problems: [{line, message}],
       duplicates: [{name, of: [{id, name, reasons}]}]}
skipped: cards of which nothing could be taken. duplicates: new contacts that may be people who are there already.`,
    )
    .action(async (file: string, { dryRun }: { dryRun?: true }, command: Command) => {
      await withSync(globalsOf(command), {}, async (device) => {
        const read = await readFile(file);
        const steps = planImport(await existingContacts(device), read.contacts);
        if (dryRun !== true) await apply(device, steps);
        tell(device.isJson, file, read, steps, dryRun === true);
      });
    });
}

interface ReadFile {
  readonly contacts: readonly Contact[];
  readonly skipped: number;
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

async function readFile(file: string): Promise<ReadFile> {
  const contacts: Contact[] = [];
  const problems: { line: number; message: string }[] = [];
  let skipped = 0;
  for await (const card of readVcards(await openInput(file))) {
    if (card.contact === null) skipped += 1;
    else contacts.push(card.contact);
    problems.push(...card.problems);
  }
  if (contacts.length === 0) throw new CliError(`There is no contact in ${file}.`, { code: "NO_CONTACT" });
  return { contacts, skipped, problems };
}

async function existingContacts({ sync }: Device): Promise<ExistingContact[]> {
  const existing: ExistingContact[] = [];
  for await (const { id, ...contact } of sync.collection<Contact>("contacts").iterate()) existing.push({ id, contact });
  return existing;
}

async function apply({ sync, signal, isJson }: Device, steps: readonly ImportStep[]): Promise<void> {
  if (signal.aborted) throw new SyncError("CANCELLED");
  const bar = openProgressBar(isJson);
  try {
    for await (const { done, total } of applyImport(sync.collection<Contact>("contacts"), steps)) {
      bar.show("importing", done, total);
      if (signal.aborted && done < total) throw new SyncError("CANCELLED");
    }
  } finally {
    bar.end();
  }
}

const fewProblems = 10;
const fewDuplicates = 5;

function tell(isJson: boolean, file: string, read: ReadFile, steps: readonly ImportStep[], isDryRun: boolean): void {
  const countOfAction = (action: ImportStep["action"]): number => steps.filter((step) => step.action === action).length;
  const duplicates = steps.flatMap((step) => (step.action === "add" && step.duplicates.length > 0 ? [step] : []));
  const result = {
    file,
    cards: read.contacts.length + read.skipped,
    added: countOfAction("add"),
    updated: countOfAction("update"),
    unchanged: countOfAction("keep"),
    skipped: read.skipped,
    problems: read.problems,
    duplicates: duplicates.map((step) => ({
      name: contactName(step.contact),
      of: step.duplicates.map(({ id, contact, reasons }) => ({ id, name: contactName(contact), reasons })),
    })),
  };
  if (isJson) return printJson(result);
  for (const { line, message } of read.problems.slice(0, fewProblems)) printNote(`line ${line}: ${plainText(message)}`);
  if (read.problems.length > fewProblems) printNote(`… and ${read.problems.length - fewProblems} more such notes`);
  for (const { name, of } of result.duplicates.slice(0, fewDuplicates)) {
    printNote(`${plainText(name)} may be there already: ${of.map((other) => plainText(other.name)).join(", ")}`);
  }
  if (duplicates.length > fewDuplicates) printNote(`… and ${duplicates.length - fewDuplicates} more`);
  const { cards, added, updated, unchanged, skipped } = result;
  const would = isDryRun ? "would be " : "";
  printLine(
    `${countOf(cards, "card")}: ${added} ${would}added, ${updated} ${would}updated, ${unchanged} there already, ${skipped} skipped.`,
  );
}
