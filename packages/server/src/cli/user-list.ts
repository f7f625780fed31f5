import type { Command } from "commander";
import { listAccounts } from "../admin/list-accounts.ts";
import { readCount } from "./arguments.ts";
import { formatBytes, printJson, printTable } from "./print.ts";
import { withMigrated } from "./with-migrated.ts";

type Options = { limit: number; json?: true };

export function addUserList(user: Command): void {
  user
    .command("list")
    .description("list accounts with their sizes")
    .argument("[text]", "only those whose address contains it", "")
    .option("--limit <count>", "at most so many", readCount, 1000)
    .option("--json", "print JSON")
    .action(async (text: string, { limit, json }: Options) => {
      const accounts = await withMigrated(({ pool }) => listAccounts(pool, { containing: text.toLowerCase(), limit }));
      if (json === true) printJson(accounts);
      else printTable(accounts.map((account) => ({ ...account, bytes: formatBytes(account.bytes) })));
    });
}
