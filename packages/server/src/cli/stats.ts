import type { Command } from "commander";
import { readStats } from "../admin/read-stats.ts";
import { formatBytes, printJson, printTable } from "./print.ts";
import { withMigrated } from "./with-migrated.ts";

export function addStats(program: Command): void {
  program
    .command("stats")
    .description("count accounts, devices, records and bytes")
    .option("--json", "print JSON")
    .action(async ({ json }: { json?: true }) => {
      const stats = await withMigrated(({ pool }) => readStats(pool));
      if (json === true) {
        printJson(stats);
        return;
      }
      const { data_types, database_bytes, ...totals } = stats;
      const lines = Object.entries({ ...totals, database: formatBytes(database_bytes) });
      printTable(lines.map(([what, value]) => ({ what, value })));
      process.stdout.write("\n");
      printTable(
        data_types.map((row) => ({
          ...row,
          record_bytes: formatBytes(row.record_bytes),
          blob_bytes: formatBytes(row.blob_bytes),
        })),
      );
    });
}
