import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addAdopt } from "./adopt.ts";
import { addBackup } from "./backup.ts";
import { addCleanup } from "./cleanup.ts";
import { addConfig } from "./config.ts";
import { addDevice } from "./device.ts";
import { addDoctor } from "./doctor.ts";
import { addMigrate } from "./migrate.ts";
import { addRestore } from "./restore.ts";
import { addServe } from "./serve.ts";
import { addStats } from "./stats.ts";
import { addUser } from "./user.ts";

/** Every command in one list. */
export function createProgram(): Command {
  const program = new Command("owlivion-sync")
    .description("The Owlivion Sync server and what its operator needs.")
    .version(readVersion())
    .exitOverride()
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText(
      "after",
      `
Exit codes: 0 done, 1 failed, 2 asked for wrongly (arguments, settings, a confirmation that was missing).
Every command works beside a running server, except restore and adopt, which need it stopped.`,
    );
  for (const add of [
    addServe,
    addConfig,
    addMigrate,
    addUser,
    addDevice,
    addStats,
    addDoctor,
    addCleanup,
    addBackup,
    addRestore,
    addAdopt,
  ]) {
    add(program);
  }
  return program;
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "";
}
