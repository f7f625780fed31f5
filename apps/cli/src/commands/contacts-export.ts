import type { Collection, Contact } from "@owlivion/sync-client";
import { writeVcard } from "@owlivion/sync-vcard";
import { type Command, Option } from "commander";
import { withSync } from "../device/with-sync.ts";
import { globalsOf, readPath } from "../globals.ts";
import { writeOutput } from "../terminal/output-file.ts";
import { openProgressBar, type ProgressBar } from "../terminal/progress-bar.ts";
import { countOf, printJson, printNote } from "../terminal/print.ts";

interface Options {
  readonly vcard: "3.0" | "4.0";
}

export function addContactsExport(contacts: Command): void {
  contacts
    .command("export")
    .description("write every contact to a vCard file")
    .argument("<file>", "the file, closed to other users; - is standard output", readPath)
    .addOption(new Option("--vcard <version>", "the format's version").choices(["3.0", "4.0"]).default("4.0"))
    .addHelpText(
      "after",
      `
What an import could not say in fields is given back as it was. Sorted by id, so that two devices that are in sync write
the same file. A file that is there stays as FILE~.

Example:
  owlivion contacts export contacts.vcf --dir ./b

JSON: {file, contacts}; nothing with -`,
    )
    .action(async (file: string, { vcard }: Options, command: Command) => {
      await withSync(globalsOf(command), {}, async ({ sync, isJson }) => {
        const collection = sync.collection<Contact>("contacts");
        const bar = openProgressBar(isJson || file === "-");
        let written = 0;
        const count = (): void => void (written += 1);
        try {
          await writeOutput(file, writeCards(collection, vcard, bar, count));
        } finally {
          bar.end();
        }
        if (file === "-") return;
        if (isJson) printJson({ file, contacts: written });
        else printNote(`Wrote ${countOf(written, "contact")} to ${file}.`);
      });
    });
}

const pieceChars = 64 * 1024;

async function* writeCards(
  collection: Collection<Contact>,
  version: Options["vcard"],
  bar: ProgressBar,
  onCard: () => void,
): AsyncGenerator<string> {
  const total = await collection.count();
  let piece = "";
  let written = 0;
  for await (const { id: _, ...contact } of collection.iterate()) {
    piece += writeVcard(contact, version);
    onCard();
    written += 1;
    if (piece.length < pieceChars) continue;
    bar.show("writing", written, total);
    yield piece;
    piece = "";
  }
  yield piece;
}
