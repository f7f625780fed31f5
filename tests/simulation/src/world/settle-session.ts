import { isSyncError, type Sync } from "@owlivion/sync-client";
import type { SimProcess } from "./sim-process.ts";

/**
 * What a person does who wants the app to work: signs up, signs in, unlocks, with whatever password they remember. Answers
 * whether the app is ready to sync.
 */
export async function settleSession(process: SimProcess): Promise<boolean> {
  const { sync, life, device } = process;
  if (sync === null || life.isOver) return false;
  if (isReady(sync)) return true;
  if (process.isBusy) return false;
  process.isBusy = true;
  try {
    await attempt(process, sync);
  } catch (error) {
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
  for (const password of [...passwords]) {
    try {
      if (sync.status.state === "locked" && sync.account?.endedBy === null) await sync.unlock({ password });
      else await sync.signIn({ email, password });
      remember(process, password);
      return;
    } catch (error) {
      if (!isSyncError(error, "WRONG_PASSWORD") && !isSyncError(error, "INVALID_CREDENTIALS")) throw error;
    }
  }
  // Locked, and the password was changed elsewhere.
  if (sync.status.state === "locked" && sync.account?.endedBy === null) {
    for (const password of [...passwords]) {
      try {
        await sync.signIn({ email, password });
        return;
      } catch (error) {
        if (!isSyncError(error, "WRONG_PASSWORD") && !isSyncError(error, "INVALID_CREDENTIALS")) throw error;
      }
    }
  }
  if (world.mayLackAccounts) return await rebuild(process, sync);
  world.lockedOut(process.device);
}

/** A wiped server: whoever has the keys makes the account again, and the others sign in to it. */
async function rebuild(process: SimProcess, sync: Sync): Promise<void> {
  const { device } = process;
  if (sync.account === null) return;
  for (const password of device.person.passwords) {
    try {
      if (sync.status.state === "locked") await sync.unlock({ password });
      await sync.rebuildAccount({ password, recovery: { recoveryKey: device.person.recoveryKey! } });
      remember(process, password);
      return;
    } catch (error) {
      if (!isSyncError(error, "WRONG_PASSWORD")) throw error;
    }
  }
}

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

/** The one that opened is the one that is. */
function remember({ device }: SimProcess, password: string): void {
  const { passwords } = device.person;
  if (passwords[0] === password) return;
  device.person.passwords = [password, ...passwords.filter((each) => each !== password)];
}
