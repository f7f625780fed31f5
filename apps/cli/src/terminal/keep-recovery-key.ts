import input from "@inquirer/input";
import type { ConfirmRecoveryKey } from "@owlivion/sync-client";
import { closeSync, fsyncSync, openSync, rmSync, writeFileSync } from "node:fs";
import { moveCursor, clearScreenDown } from "node:readline";
import { styleText } from "node:util";
import { explainFileError } from "../explain-file-error.ts";
import { isTerminal } from "./ask.ts";

/** Where a new recovery key goes: to a person who writes it down, into a file, or to a script. */
export interface RecoveryKeyKeeper {
  readonly confirm: ConfirmRecoveryKey;
  /** The key opens nothing: what was written of it is removed. */
  discard(): void;
  /** What was shown to a script, which keeps it by itself; null: a person or a file has it. */
  printed(): string | null;
}

export function keepRecoveryKey(file: string | undefined): RecoveryKeyKeeper {
  if (file !== undefined) return writeToFile(file);
  if (!isTerminal()) return printForScript();
  return { confirm: showToPerson, discard: () => {}, printed: () => null };
}

/** Nobody can be asked anything back: the key is out before the account is made, and keeping it is the script's duty. */
function printForScript(): RecoveryKeyKeeper {
  let key: string | null = null;
  return {
    confirm: async ({ recoveryKey, askedGroups }) => {
      key = recoveryKey;
      await new Promise((resolve) => process.stderr.write(`Recovery key, shown once: ${recoveryKey}\n`, resolve));
      const groups = recoveryKey.split("-");
      return askedGroups.map((group) => groups[group - 1]!);
    },
    discard: () => {},
    printed: () => key,
  };
}

function writeToFile(file: string): RecoveryKeyKeeper {
  let isWritten = false;
  return {
    async confirm({ recoveryKey, askedGroups }) {
      try {
        const fd = openSync(file, "wx", 0o600);
        isWritten = true;
        try {
          writeFileSync(fd, `${recoveryKey}\n`);
          // The account is made only after the key is where no crash takes it away.
          fsyncSync(fd);
        } finally {
          closeSync(fd);
        }
      } catch (error) {
        throw explainFileError(error, `${file} cannot be written`);
      }
      const groups = recoveryKey.split("-");
      return askedGroups.map((group) => groups[group - 1]!);
    },
    discard() {
      if (isWritten) rmSync(file, { force: true });
    },
    printed: () => null,
  };
}

const showToPerson: ConfirmRecoveryKey = async ({ recoveryKey, askedGroups }) => {
  const groups = recoveryKey.split("-");
  const lines = [
    "",
    "This is your recovery key. It is the only way back when you forget the password, and it is shown once.",
    "",
    `    ${styleText("bold", groups.slice(0, 5).join("-"))}-`,
    `    ${styleText("bold", groups.slice(5).join("-"))}`,
    "",
    "Write it down and keep it where your other important papers are.",
    "",
  ];
  process.stderr.write(`${lines.join("\n")}\n`);
  const output = { output: process.stderr };
  await input({ message: "Press Enter when it is written down." }, output);
  // Gone from the screen: what is typed next comes from the paper.
  moveCursor(process.stderr, 0, -(lines.length + 1));
  clearScreenDown(process.stderr);
  const typed: string[] = [];
  for (const group of askedGroups) {
    typed.push(
      await input(
        {
          message: `Group ${group} of 9:`,
          validate: (text) => isSameGroup(text, groups[group - 1]!) || "That is not what was shown.",
        },
        output,
      ),
    );
  }
  return typed;
};

/** Case, and O, I, L for 0, 1, 1, are forgiven, as everywhere a recovery key is typed. */
const isSameGroup = (typed: string, group: string): boolean => normalizeGroup(typed) === normalizeGroup(group);

const normalizeGroup = (text: string): string =>
  text.trim().toUpperCase().replaceAll("O", "0").replaceAll(/[IL]/g, "1");
