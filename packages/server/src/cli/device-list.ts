import type { Command } from "commander";
import { findDevices } from "../db/accounts/device-rows.ts";
import { accountIdOf } from "./account-argument.ts";
import { printJson, printTable } from "./print.ts";
import { withMigrated } from "./with-migrated.ts";

export function addDeviceList(device: Command): void {
  device
    .command("list")
    .description("list an account's devices, revoked ones too")
    .argument("<account>", "e-mail address or id")
    .option("--json", "print JSON")
    .action(async (account: string, { json }: { json?: true }) => {
      const devices = await withMigrated(async ({ pool }) => findDevices(pool, await accountIdOf(pool, account)));
      if (json === true) printJson(devices);
      else printTable(devices.map(({ id: _id, ...device }) => device));
    });
}
