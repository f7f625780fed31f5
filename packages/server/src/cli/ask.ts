import confirm from "@inquirer/confirm";
import { OperatorError } from "../operator-error.ts";

/** Goes on when the operator says yes, at the question or by `--yes`. Without a terminal nobody can be asked. */
export async function askOrRefuse(question: string, yes: boolean | undefined): Promise<void> {
  if (yes === true) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY) {
    throw new OperatorError("Nobody can be asked here, as this is not a terminal. Add --yes to go on without asking.", {
      exitCode: 2,
    });
  }
  // Asked on standard error, so that what a command prints can be piped.
  if (await confirm({ message: question, default: false }, { output: process.stderr })) return;
  throw new OperatorError("Nothing was done.");
}
