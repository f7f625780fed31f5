import { SyncError } from "@owlivion/sync-client";
import type { Command } from "commander";
import { CliError } from "../cli-error.ts";
import { type Device, withSync } from "../device/with-sync.ts";
import { exitCodes } from "../exit-codes.ts";
import { globalsOf } from "../globals.ts";
import { readIds } from "../id-argument.ts";
import { ask, isTerminal } from "../terminal/ask.ts";
import { readArgumentOrInput } from "../terminal/input-file.ts";
import { countOf, printJson, printLine } from "../terminal/print.ts";

export function addRm(program: Command): void {
  program
    .command("rm")
    .description("delete records")
    .argument("<type>", "the data type")
    .argument("<id...>", "the records' ids; - reads them from standard input, one on each line", readIds)
    .option("--yes", "however many: do not ask")
    .addHelpText(
      "after",
      `
More than 50 deletions in an hour (or a fifth of the records, when that is more) are asked about. Where nobody can be asked
they wait: nothing of them is sent before "owlivion deletions confirm", and "owlivion deletions undo" takes them back; this
then exits with 5.

Example:
  owlivion rm contacts 3f0c6f9a --dir ./a

JSON: {deleted, held, missing: [ID]}; held: how many wait for "deletions confirm"`,
    )
    .action(async (type: string, given: readonly string[], { yes }: { yes?: true }, command: Command) => {
      await withSync(globalsOf(command), { dataType: type }, async (device) => {
        const ids = given.includes("-") ? linesOf(await readArgumentOrInput("-", "ids")) : given;
        const { missing, deleted } = await remove(device, type, ids, yes);
        const held = await settle(device, type);
        if (device.isJson) printJson({ deleted, held, missing });
        else printLine(`Deleted ${deleted}.`);
        if (held > 0) process.exitCode = exitCodes.attention;
        if (missing.length > 0 && deleted === 0) throw new SyncError("RECORD_NOT_FOUND");
        if (missing.length > 0) {
          throw new CliError(`${missing.length} of them are not there: ${missing.slice(0, 3).join(", ")}`, {
            code: "RECORD_NOT_FOUND",
          });
        }
      });
    });
}

async function remove({ sync }: Device, type: string, ids: readonly string[], yes: true | undefined) {
  const collection = sync.collection(type);
  const missing: string[] = [];
  for (const id of ids) if ((await collection.get(id)) === undefined) missing.push(id);
  return { missing, deleted: await collection.deleteMany(ids, { confirmed: yes === true }) };
}

/** Asks about deletions that wait. Answers how many still do. */
async function settle({ sync, isJson }: Device, type: string): Promise<number> {
  const held = (await sync.deletions.held()).get(type) ?? 0;
  if (held === 0 || isJson || !isTerminal()) return held;
  const question = `These are ${countOf(held, "deletion")} of ${type} within an hour. Are they meant, on all your devices?`;
  if (await ask(question, undefined)) await sync.deletions.confirm(type);
  else {
    const undone = await sync.deletions.undo(type);
    throw new CliError(`Nothing was deleted: ${countOf(undone, "record")} are there again.`, { code: "DECLINED" });
  }
  return 0;
}

const linesOf = (text: string): string[] => text.split(/\r?\n/).filter((line) => line !== "");
