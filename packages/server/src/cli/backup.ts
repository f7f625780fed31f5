import type { Command } from "commander";
import { randomBytes } from "node:crypto";
import { closeSync, createWriteStream, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import type { Pool } from "pg";
import type { BackupHeader } from "../backup/backup-format.ts";
import { writeBackup } from "../backup/write-backup.ts";
import { OperatorError } from "../operator-error.ts";
import { printJson } from "./print.ts";
import { requireMigrated } from "./require-migrated.ts";
import { fillStandardOutput } from "./standard-output.ts";
import { withDatabase } from "./with-database.ts";

export function addBackup(program: Command): void {
  program
    .command("backup")
    .description("write every table, as it is at one moment, to a file; the server may go on")
    .argument("<file>", "a file that does not exist yet, or - for standard output")
    .option("--json", "print JSON about what was written")
    .addHelpText(
      "after",
      `
The file holds ciphertext, e-mail addresses and hashed secrets; it is closed to other users. It can be restored into
any PostgreSQL from 15 to 18. It does not hold the server's own secrets: keep a copy of secrets.json of the data directory
(or of the settings JWT_SECRET and SERVER_SECRET), or every cursor is void and every device downloads everything again.`,
    )
    .action(async (file: string, { json }: { json?: true }) => {
      if (file !== "-" && existsSync(file)) {
        throw new OperatorError(`${file} exists already; a backup overwrites nothing.`, { exitCode: 2 });
      }
      const header = await withDatabase(async ({ pool }) => {
        await requireMigrated(pool);
        if (file !== "-") return await writeFile(pool, file);
        return await fillStandardOutput((output) => writeBackup(pool, output));
      });
      if (json === true && file !== "-") printJson({ file, ...header });
      else tellWritten(file, header);
    });
}

/** Under another name until it is complete and on the disk: a file of the name asked for is always a whole backup. */
async function writeFile(pool: Pool, file: string): Promise<BackupHeader> {
  const unfinished = `${file}.${randomBytes(4).toString("hex")}.part`;
  try {
    const header = await writeBackup(pool, createWriteStream(unfinished, { flags: "wx", mode: 0o600 }));
    syncFile(unfinished);
    renameSync(unfinished, file);
    return header;
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

function syncFile(path: string): void {
  const file = openSync(path, "r+");
  fsyncSync(file);
  closeSync(file);
}

function tellWritten(file: string, header: BackupHeader): void {
  const rows = header.tables.reduce((sum, table) => sum + table.rows, 0);
  const place = file === "-" ? "standard output" : file;
  process.stderr.write(`Wrote ${rows} rows of ${header.tables.length} tables to ${place}.\n`);
}
