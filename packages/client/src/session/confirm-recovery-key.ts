import type { RandomBytes, RecoveryKey } from "@owlivion/sync-crypto";
import { exposeRecoveryKeyText, parseRecoveryKey } from "@owlivion/sync-crypto/account";
import { SyncError } from "../errors.ts";

export interface RecoveryKeyShown {
  /** Nine groups of four characters, joined by dashes. Shown once; it is the only way back from a lost password. */
  readonly recoveryKey: string;
  /** Which groups to ask for, 1 to 9, ascending: whoever wrote the key down can type them. */
  readonly askedGroups: readonly [number, number, number];
}

/** Shows the key, and answers what the person typed for each group asked for, in that order. */
export type ConfirmRecoveryKey = (shown: RecoveryKeyShown) => Promise<readonly string[]>;

const groups = 9;

/** Throws RECOVERY_KEY_NOT_CONFIRMED. Case, and O, I, L for 0, 1, 1, are forgiven. */
export async function confirmRecoveryKey(
  key: RecoveryKey,
  confirm: ConfirmRecoveryKey,
  random: RandomBytes,
): Promise<void> {
  const recoveryKey = exposeRecoveryKeyText(key);
  const askedGroups = pickGroups(random);
  const typed = await confirm({ recoveryKey, askedGroups });
  const parts = recoveryKey.split("-");
  askedGroups.forEach((group, i) => (parts[group - 1] = typed[i] ?? ""));
  if (typed.length !== askedGroups.length || !isSameKey(parts.join("-"), key)) {
    throw new SyncError("RECOVERY_KEY_NOT_CONFIRMED");
  }
}

function isSameKey(text: string, key: RecoveryKey): boolean {
  try {
    return parseRecoveryKey(text).equals(key);
  } catch {
    return false;
  }
}

function pickGroups(random: RandomBytes): [number, number, number] {
  const left = Array.from({ length: groups }, (_, i) => i + 1);
  const pick = () => left.splice(random(1)[0]! % left.length, 1)[0]!;
  return [pick(), pick(), pick()].sort((a, b) => a - b) as [number, number, number];
}
