import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addConflicts } from "./commands/conflicts.ts";
import { addContacts } from "./commands/contacts.ts";
import { addDeleteAccount } from "./commands/delete-account.ts";
import { addDeletions } from "./commands/deletions.ts";
import { addDevices } from "./commands/devices.ts";
import { addGet } from "./commands/get.ts";
import { addList } from "./commands/list.ts";
import { addLogin } from "./commands/login.ts";
import { addLogout } from "./commands/logout.ts";
import { addPassword } from "./commands/password.ts";
import { addPatch } from "./commands/patch.ts";
import { addPut } from "./commands/put.ts";
import { addRecovery } from "./commands/recovery.ts";
import { addRm } from "./commands/rm.ts";
import { addSignup } from "./commands/signup.ts";
import { addStatus } from "./commands/status.ts";
import { addSync } from "./commands/sync.ts";
import { addWatch } from "./commands/watch.ts";
import { addDoctor } from "./commands/doctor.ts";
import { addExport } from "./commands/export.ts";
import { addHistory } from "./commands/history.ts";
import { addImport } from "./commands/import.ts";
import { addRestore } from "./commands/restore.ts";
import { readPath } from "./globals.ts";

/** Every command in one list. */
export function createProgram(isJson = false): Command {
  const program = new Command("owlivion")
    .description("Your records on all your devices, end-to-end encrypted: contacts, accounts, preferences, signatures.")
    .version(readVersion())
    .option("--dir <folder>", "where this device keeps its data (OWLIVION_DIR)", readPath)
    .option("--url <url>", "the server; kept in the folder after the first time (OWLIVION_URL)")
    .option("--json", "print JSON; errors too, as {error: {code, message}} on standard error")
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError(isJson ? false : "(--help shows what there is)")
    .addHelpText("after", programHelp);
  // An error is one JSON object, or commander's own words: never both.
  if (isJson) program.configureOutput({ writeErr: () => {} });
  for (const add of [
    addSignup,
    addLogin,
    addLogout,
    addSync,
    addWatch,
    addStatus,
    addContacts,
    addList,
    addGet,
    addPut,
    addPatch,
    addRm,
    addConflicts,
    addDeletions,
    addHistory,
    addRestore,
    addExport,
    addImport,
    addDoctor,
    addDevices,
    addRecovery,
    addPassword,
    addDeleteAccount,
  ]) {
    add(program);
  }
  inherit(program, program);
  return program;
}

/** Commander copies settings to commands as they are made; groups made elsewhere get them here. */
function inherit(command: Command, program: Command): void {
  for (const each of command.commands) {
    each.copyInheritedSettings(program).exitOverride();
    inherit(each, program);
  }
  command.exitOverride();
}

const programHelp = `
Everything but sync, watch and what concerns the account works offline; sync sends and fetches.

Examples:
  owlivion signup --url https://sync.example.com --email ada@example.com
  owlivion contacts import contacts.vcf
  owlivion sync
  owlivion list contacts --json

Passwords are asked for, or taken from OWLIVION_PASSWORD (a new one in place of an old one: OWLIVION_NEW_PASSWORD).
Without --dir the data is in ~/.local/share/owlivion, or where the platform keeps such data.

Exit codes: 0 done; 1 failed; 2 asked for wrongly (arguments, a confirmation that was missing); 3 not signed in, or the
password or key was refused; 4 the server cannot be reached or asks for patience; 5 something waits for you (only where
a command says so); 130 and 143 interrupted.`;

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "";
}
