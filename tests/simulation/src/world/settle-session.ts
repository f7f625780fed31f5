import { isSyncError, type Sync } from "@owlivion/sync-client";
import { sessionKeys } from "../../../../packages/client/src/session/account-row.ts";
import type { SimDevice } from "./sim-device.ts";
import type { SimProcess } from "./sim-process.ts";

/**
 * What a person does who wants the app to work: signs up, signs in, unlocks, with whatever password they remember. Answers
 * whether the app is ready to sync.
 */
export async function settleSession(process: SimProcess): Promise<boolean> {
  const { sync, life, device } = process;
  if (sync === null || life.isOver) return false;
  if (isReady(sync)) return true;
  // Told to wait, a person waits.
  if (process.isBusy || device.world.scheduler.nowMs < device.person.waitsUntilMs) return false;
  process.isBusy = true;
  try {
    await attempt(process, sync);
  } catch (error) {
    if (isSyncError(error, "TOO_MANY_ATTEMPTS"))
      device.person.waitsUntilMs = device.world.scheduler.nowMs + (error.retryAfterMs ?? 0);
    device.world.failed(device, "session", error);
  } finally {
    process.isBusy = false;
  }
  if (!isReady(sync)) return false;
  device.lockedOut = 0;
  device.person.accountId ??= sync.account!.accountId;
  device.world.signedIn(process, sync.account!);
  if (device.isLive) sync.start();
  return true;
}

export function isReady(sync: Sync): boolean {
  return sync.account !== null && sync.account.endedBy === null && sync.status.state !== "locked";
}

async function attempt(process: SimProcess, sync: Sync): Promise<void> {
  const { person, world } = process.device;
  if (sync.account === null && person.accountId === null) return await signUp(process, sync);
  if (sync.account !== null && sync.account.email !== person.email) {
    // Somebody else's edits are still here, sealed: the device stays theirs.
    const owner = world.persons.find(({ email }) => email === sync.account!.email);
    if (owner !== undefined) process.device.person = owner;
  }
  const { email, passwords } = process.device.person;
  const isLocked = (): boolean => sync.status.state === "locked" && sync.account?.endedBy === null;
  const signIn = async (password: string): Promise<void> => await sync.signIn({ email, password });
  const open = async (password: string): Promise<void> =>
    isLocked() ? await sync.unlock({ password }) : await signIn(password);
  try {
    if (await tryEach(process, [...passwords], open)) return;
  } catch (error) {
    // A server that lost the account takes no password; whoever has the keys need not wait for it.
    if (!isSyncError(error, "TOO_MANY_ATTEMPTS") || !world.mayLackAccounts || sync.account === null) throw error;
    return await rebuild(process, sync);
  }
  // Locked, and the password was changed elsewhere.
  if (isLocked() && (await tryEach(process, [...passwords], signIn))) return;
  if (world.mayLackAccounts) return await rebuild(process, sync);
  world.lockedOut(process.device);
}

/** One password after the other. What was wrong is tried last from now on, what opened is tried first. */
async function tryEach(
  process: SimProcess,
  passwords: readonly string[],
  open: (password: string) => Promise<void>,
): Promise<boolean> {
  const { person } = process.device;
  for (const password of passwords) {
    // Asked for late: somebody may have changed the password meanwhile.
    const others = (): string[] => person.passwords.filter((each) => each !== password);
    try {
      await open(password);
      person.passwords = [password, ...others()];
      return true;
    } catch (error) {
      if (!isSyncError(error, "WRONG_PASSWORD") && !isSyncError(error, "INVALID_CREDENTIALS")) throw error;
      person.passwords = [...others(), password];
    }
  }
  return false;
}

/** A wiped server: whoever has the keys makes the account again, and the others sign in to it. */
async function rebuild(process: SimProcess, sync: Sync): Promise<void> {
  const { device } = process;
  if (sync.account === null) {
    if (isRemembered(device)) return;
    // Neither the server nor any device of theirs has it any more: they begin anew.
    device.person.accountId = null;
    return await signUp(process, sync);
  }
  const { recoveryKey } = device.person;
  await tryEach(process, [...device.person.passwords], async (password) => {
    if (sync.status.state === "locked") await sync.unlock({ password });
    await sync.rebuildAccount({ password, recovery: { recoveryKey: recoveryKey! } });
  });
}

const isRemembered = ({ world, person }: SimDevice): boolean =>
  world.devices.some(
    (each) => each.person === person && each.disk.mirror.get("meta", sessionKeys.account) !== undefined,
  );

async function signUp({ device }: SimProcess, sync: Sync): Promise<void> {
  const { person } = device;
  await sync.signUp({
    email: person.email,
    password: person.passwords[0]!,
    deviceName: `${device.name}'s machine`,
    confirmRecoveryKey: async ({ recoveryKey, askedGroups }) => {
      person.recoveryKey = recoveryKey;
      return askedGroups.map((group) => recoveryKey.split("-")[group - 1]!);
    },
  });
  person.accountId = sync.account!.accountId;
}
