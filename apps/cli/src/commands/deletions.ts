import type { Choice, Sync, WaitingRecord } from "@owlivion/sync-client";
import type { Command } from "commander";
import { withSync } from "../device/with-sync.ts";
import { globalsOf } from "../globals.ts";
import { readId, readIds } from "../id-argument.ts";
import { countOf, printJson, printLine, printTable, toIso } from "../terminal/print.ts";

export function addDeletions(program: Command): void {
  const deletions = program
    .command("deletions")
    .description("many deletions at once, here or elsewhere: list, confirm, undo, accept, reject, keep, forget")
    .addHelpText("after", "\nExample:\n  owlivion deletions list --dir ./a");
  addDeletionsList(deletions);
  for (const decision of decisions) addDecision(deletions, decision);
}

function addDeletionsList(deletions: Command): void {
  deletions
    .command("list")
    .description("list what waits for a decision")
    .addHelpText(
      "after",
      `
held: your own deletions, not sent; confirm or undo them. staged: deletions from elsewhere, whose records are still shown;
accept or reject them. unconfirmed: records that the server offers no more, hidden; keep or forget them.

Example:
  owlivion deletions list --dir ./a --json

JSON: {held: [{data_type, count}], staged: [{data_type, record_id, reason, since}], unconfirmed: [the same]}`,
    )
    .action(async (_options: unknown, command: Command) => {
      await withSync(globalsOf(command), {}, async ({ sync: { deletions }, isJson }) => {
        const held = [...(await deletions.held())].map(([data_type, count]) => ({ data_type, count }));
        const staged = (await deletions.staged()).map(toJson);
        const unconfirmed = (await deletions.unconfirmed()).map(toJson);
        if (isJson) return printJson({ held, staged, unconfirmed });
        for (const { data_type, count } of held) {
          printLine(`${countOf(count, "deletion")} of yours in ${data_type} not sent: confirm or undo`);
        }
        printTable([
          ...staged.map((row) => ({ waiting: "staged: accept or reject", ...row })),
          ...unconfirmed.map((row) => ({ waiting: "unconfirmed: keep or forget", ...row })),
        ]);
      });
    });
}

const toJson = ({ dataType, recordId, reason, sinceMs }: WaitingRecord) => ({
  data_type: dataType,
  record_id: recordId,
  reason,
  since: toIso(sinceMs),
});

interface Decision {
  readonly name: string;
  readonly description: string;
  /** What was decided, after a number. */
  readonly done: string;
  readonly takesIds: boolean;
  readonly decide: (sync: Sync, dataType: string, choice: Choice) => Promise<number>;
}

const decisions: readonly Decision[] = [
  {
    name: "confirm",
    description: "your held deletions are meant: send them with the next sync",
    done: "confirmed",
    takesIds: false,
    decide: (sync, dataType) => sync.deletions.confirm(dataType),
  },
  {
    name: "undo",
    description: "your held deletions are not meant: the records are there again",
    done: "undone",
    takesIds: false,
    decide: (sync, dataType) => sync.deletions.undo(dataType),
  },
  {
    name: "accept",
    description: "staged deletions are meant: the records go here too",
    done: "accepted",
    takesIds: true,
    decide: (sync, dataType, choice) => sync.deletions.accept(dataType, choice),
  },
  {
    name: "reject",
    description: "staged deletions are not meant: the records are sent again",
    done: "rejected",
    takesIds: true,
    decide: (sync, dataType, choice) => sync.deletions.reject(dataType, choice),
  },
  {
    name: "keep",
    description: "unconfirmed records are wanted: they are sent again",
    done: "kept",
    takesIds: true,
    decide: (sync, dataType, choice) => sync.deletions.keep(dataType, choice),
  },
  {
    name: "forget",
    description: "unconfirmed records are not wanted: they go here too",
    done: "forgotten",
    takesIds: true,
    decide: (sync, dataType, choice) => sync.deletions.forget(dataType, choice),
  },
];

function addDecision(deletions: Command, { name, description, done, takesIds, decide }: Decision): void {
  const added = deletions.command(name).description(description).argument("<type>", "the data type");
  if (takesIds) added.argument("[id...]", "only these records; all when absent", readIds);
  const example = `\nExample:\n  owlivion deletions ${name} contacts --dir ./a\n\nJSON: {count}`;
  added.addHelpText("after", example).action(async (...args: unknown[]) => {
    const command = args.at(-1) as Command;
    const [type = "", ...ids] = command.args.map(readId);
    await withSync(globalsOf(command), { dataType: type }, async ({ sync, isJson }) => {
      const count = await decide(sync, type, ids.length === 0 ? {} : { recordIds: ids });
      if (isJson) printJson({ count });
      else printLine(`${countOf(count, "record")}: ${done}.`);
    });
  });
}
