import type { Command } from "commander";
import { createReadStream, openSync, statSync } from "node:fs";
import type { Readable } from "node:stream";
import type { Pool } from "pg";
import type { BackupHeader } from "../backup/backup-format.ts";
import { BackupReader } from "../backup/backup-reader.ts";
import { countServers, inspectTarget } from "../backup/inspect-target.ts";
import { restoreBackup } from "../backup/restore-backup.ts";
import { OperatorError } from "../operator-error.ts";
import { readPath } from "./arguments.ts";
import { askOrRefuse } from "./ask.ts";
import { explainFileError } from "../explain-file-error.ts";
import { printJson } from "./print.ts";
import { withDatabase } from "./with-database.ts";

type Options = { replace?: true; yes?: true; json?: true };

export function addRestore(program: Command): void {
  program
    .command("restore")
    .description("fill the database from a backup; the server must be stopped")
    .argument("<file>", "a file that backup wrote, or - for standard input", readPath)
    .option("--replace", "also when the database has accounts, which are then replaced")
    .option("--yes", "do not ask")
    .option("--json", "print JSON about what was restored")
    .addHelpText(
      "after",
      `
It happens whole or not at all. Afterwards a new epoch begins: devices compare what they have with the restored state
and send again what it lacks, so nothing they still hold is lost. A device that renewed its session since the backup has to
sign in again. Bring back secrets.json too, or set JWT_SECRET and SERVER_SECRET as they were; with other ones sessions
go on, but every cursor is void and every device downloads everything again.`,
    )
    .action(async (file: string, options: Options) => {
      const input = openBackup(file);
      try {
        const reader = new BackupReader(input);
        const header = await reader.readHeader();
        await withDatabase(({ pool }) => runRestore(pool, { file, header, reader }, options), {
          alone: true,
          mayCreate: true,
        });
      } finally {
        input.destroy();
      }
    });
}

/** Opened and looked at before a database is started or made. */
function openBackup(file: string): Readable {
  if (file === "-") return process.stdin;
  try {
    if (statSync(file).isDirectory()) throw new OperatorError(`${file} is a folder.`);
    return createReadStream(file, { fd: openSync(file, "r") });
  } catch (error) {
    throw explainFileError(error, `${file} cannot be read`);
  }
}

type Backup = { file: string; header: BackupHeader; reader: BackupReader };

async function runRestore(pool: Pool, { file, header, reader }: Backup, options: Options): Promise<void> {
  await refuseUnsafeTarget(pool, options);
  const rows = header.tables.reduce((sum, table) => sum + table.rows, 0);
  process.stderr.write(`A backup of ${header.createdAt}: ${rows} rows of ${header.tables.length} tables.\n`);
  if (options.replace === true) await askOrRefuse("Replace everything in the database by it?", options.yes);
  await restoreBackup(pool, header, reader);
  if (options.json === true) printJson({ file, ...header });
  else tellRestored(header);
}

async function refuseUnsafeTarget(pool: Pool, options: Options): Promise<void> {
  if ((await countServers(pool)) > 0) {
    throw new OperatorError("A server is connected to this database. Stop every server first.");
  }
  const target = await inspectTarget(pool);
  if (target === "foreign") {
    throw new OperatorError("The database holds tables of something else. Give Owlivion Sync a database of its own.");
  }
  if (target === "with accounts" && options.replace !== true) {
    throw new OperatorError("The database has accounts already. To replace them all by the backup's, add --replace.");
  }
}

function tellRestored(header: BackupHeader): void {
  for (const { name, rows } of header.tables) process.stdout.write(`${String(rows).padStart(12)}  ${name}\n`);
  process.stdout.write("Restored. A new epoch has begun: devices will send again what the backup lacks.\n");
}
