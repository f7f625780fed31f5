import type { Command } from "commander";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ClientConfig } from "pg";
import { openExport } from "../account/export-account.ts";
import { accountIdOf } from "./account-argument.ts";
import { readPath } from "./arguments.ts";
import { openOutputFile } from "./output-file.ts";
import { withMigrated } from "./with-migrated.ts";

export function addUserExport(user: Command): void {
  user
    .command("export")
    .description("write everything about an account as NDJSON: what the person gets from GET /account/export")
    .argument("<account>", "e-mail address or id")
    .argument("[file]", "a file that does not exist yet, closed to other users; standard output without", readPath, "-")
    .addHelpText(
      "after",
      "\nContents are ciphertext, which only the person's own keys open. The last line has the type end.",
    )
    .action(async (account: string, file: string) => {
      const output = openOutputFile(file);
      await withMigrated(async ({ pool, database }) => {
        const userId = await accountIdOf(pool, account);
        await output.fill((stream) => writeExport(database.connection, userId, stream));
      });
    });
}

async function writeExport(connection: ClientConfig, userId: string, output: Writable): Promise<void> {
  const { lines, close } = await openExport(connection, userId);
  try {
    await pipeline(Readable.from(lines), output, { end: output !== process.stdout });
  } finally {
    await close();
  }
}
