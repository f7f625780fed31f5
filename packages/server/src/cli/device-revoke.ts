import type { Command } from "commander";
import { createPostgresAccountStore } from "../db/accounts/postgres-account-store.ts";
import { endDevice } from "../devices/revoke-device.ts";
import { OperatorError } from "../operator-error.ts";
import { accountIdOf } from "./account-argument.ts";
import { announceEnded } from "./announce-ended.ts";
import { readUuid } from "./arguments.ts";
import { withMigrated } from "./with-migrated.ts";

export function addDeviceRevoke(device: Command): void {
  device
    .command("revoke")
    .description("end a device's sessions: its next request is refused")
    .argument("<account>", "e-mail address or id")
    .argument("<device-id>", "as device list prints it", readUuid)
    .action(async (account: string, deviceId: string) => {
      await withMigrated(async ({ pool }) => {
        const userId = await accountIdOf(pool, account);
        if (!(await endDevice(createPostgresAccountStore(pool), userId, deviceId))) {
          throw new OperatorError(`${account} has no device ${deviceId}.`);
        }
        await announceEnded(pool, userId, { deviceId });
      });
      process.stdout.write(`Revoked ${deviceId}.\n`);
    });
}
