import confirm from "@inquirer/confirm";
import { usageError } from "../cli-error.ts";
import { CliError } from "../cli-error.ts";

export const isTerminal = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** True: the answer is yes, at the question or by `--yes`. Without a terminal nobody can be asked. */
export async function ask(question: string, yes: boolean | undefined): Promise<boolean> {
  if (yes === true) return true;
  if (!isTerminal()) {
    throw usageError("Nobody can be asked here, as this is not a terminal. Add --yes to go on without asking.");
  }
  // Asked on standard error, so that what a command prints can be piped.
  return await confirm({ message: question, default: false }, { output: process.stderr });
}

export async function askOrRefuse(question: string, yes: boolean | undefined): Promise<void> {
  if (!(await ask(question, yes))) throw new CliError("Nothing was done.", { code: "DECLINED" });
}
