import type { Command } from "commander";
import { withSync } from "../device/with-sync.ts";
import { globalsOf } from "../globals.ts";
import { askPassword } from "../terminal/ask-password.ts";
import { printJson, printLine, printTable } from "../terminal/print.ts";

export function addDevices(program: Command): void {
  const devices = program
    .command("devices")
    .description("the account's devices: list, revoke")
    .addHelpText("after", "\nExample:\n  owlivion devices list --dir ./a");
  addDevicesList(devices);
  addDevicesRevoke(devices);
}

function addDevicesList(devices: Command): void {
  devices
    .command("list")
    .description("list the account's devices, revoked ones too")
    .addHelpText(
      "after",
      `
Example:
  owlivion devices list --dir ./a --json

JSON: an array of {device_id, device_name, platform, last_sync_at, last_seen_at, created_at, is_active, is_current}`,
    )
    .action(async (_options: unknown, command: Command) => {
      await withSync(globalsOf(command), {}, async ({ sync, isJson }) => {
        const rows = (await sync.devices()).map((device) => ({
          device_id: device.deviceId,
          device_name: device.deviceName,
          platform: device.platform,
          last_sync_at: device.lastSyncAt,
          last_seen_at: device.lastSeenAt,
          created_at: device.createdAt,
          is_active: device.isActive,
          is_current: device.isCurrent,
        }));
        if (isJson) printJson(rows);
        else printTable(rows.map(({ created_at: _made, last_sync_at: _synced, ...row }) => row));
      });
    });
}

function addDevicesRevoke(devices: Command): void {
  devices
    .command("revoke")
    .description("end a device's sign-in: the server takes nothing from it any more; needs the password")
    .argument("<device-id>", "as devices list prints it")
    .addHelpText(
      "after",
      `
What the device holds stays on it. If it was stolen, change the password too. This device: owlivion logout.

Example:
  owlivion devices revoke 5b1c2f1e-8a55-4a0e-9d0b-0f3e6a1f2c33 --dir ./a

JSON: {device_id}`,
    )
    .action(async (deviceId: string, _options: unknown, command: Command) => {
      await withSync(globalsOf(command), {}, async ({ sync, isJson }) => {
        await sync.revokeDevice(deviceId, { password: await askPassword() });
        if (isJson) printJson({ device_id: deviceId });
        else printLine(`Revoked ${deviceId}.`);
      });
    });
}
