import promptPassword from "@inquirer/password";
import { CliError, usageError } from "../cli-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { readVariable } from "../environment.ts";
import { isTerminal } from "./ask.ts";

/** From OWLIVION_PASSWORD, or typed and not shown. Never an argument: other users see those. */
export async function askPassword(message = "Password:"): Promise<string> {
  return readVariable("OWLIVION_PASSWORD") ?? (await typeSecret(message, "OWLIVION_PASSWORD"));
}

/** A password that is being chosen: typed twice, as nobody sees a slip. */
export async function askNewPassword(
  variable: "OWLIVION_PASSWORD" | "OWLIVION_NEW_PASSWORD" | "OWLIVION_EXPORT_PASSWORD",
): Promise<string> {
  const given = readVariable(variable);
  if (given !== undefined) return given;
  const first = await typeSecret("New password:", variable);
  if (first === (await typeSecret("The same again:", variable))) return first;
  throw new CliError("The two are not the same. Nothing was done.", {
    code: "PASSWORDS_DIFFER",
    exitCode: exitCodes.usage,
  });
}

export async function typeSecret(message: string, variable: string): Promise<string> {
  if (!isTerminal()) {
    throw usageError(`Nobody can be asked here, as this is not a terminal. Set ${variable}.`);
  }
  return await promptPassword({ message }, { output: process.stderr });
}
