import type { Command } from "commander";
import { addDeviceList } from "./device-list.ts";
import { addDeviceRevoke } from "./device-revoke.ts";

export function addDevice(program: Command): void {
  const device = program.command("device").description("an account's devices: list, revoke");
  addDeviceList(device);
  addDeviceRevoke(device);
}
