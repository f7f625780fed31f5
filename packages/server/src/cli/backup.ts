import type { Command } from "commander";
import type { BackupHeader } from "../backup/backup-format.ts";
import { writeBackup } from "../backup/write-backup.ts";
import { readPath } from "./arguments.ts";
import { openOutputFile } from "./output-file.ts";
import { printJson } from "./print.ts";
import { withMigrated } from "./with-migrated.ts";

export function addBackup(program: Command): void {
  program
    .command("backup")
    .description("write every table, as it is at one moment, to a file; the server may go on")
    .argument("<file>", "a file that does not exist yet, or - for standard output", readPath)
    .option("--json", "print JSON about what was written")
    .addHelpText(
      "after",
      `
The file holds ciphertext, e-mail addresses and hashed secrets; it is closed to other users. It can be restored into
any PostgreSQL from 15 to 18. It does not hold the server's own secrets: keep a copy of secrets.json of the data directory
(or of the settings JWT_SECRET and SERVER_SECRET), or every cursor is void and every device downloads everything again.`,
    )
    .action(async (file: string, { json }: { json?: true }) => {
      const output = openOutputFile(file);
      const header = await withMigrated(({ pool }) => output.fill((stream) => writeBackup(pool, stream)));
      if (json === true && file !== "-") printJson({ file, ...header });
      else tellWritten(file, header);
    });
}

function tellWritten(file: string, header: BackupHeader): void {
  const rows = header.tables.reduce((sum, table) => sum + table.rows, 0);
  const place = file === "-" ? "standard output" : file;
  process.stderr.write(`Wrote ${rows} rows of ${header.tables.length} tables to ${place}.\n`);
}
