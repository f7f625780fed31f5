import type { AccountStore } from "../db/accounts/account-store.ts";
import { ApiError } from "../errors.ts";
import type { RequestSession } from "../http/session.ts";

export interface RevokePorts {
  readonly accounts: AccountStore;
  sessionEnded(userId: string, ended: { readonly deviceId: string }): void;
}

/** Ends every session of a device at once; doing it again changes nothing. */
export async function revokeDevice(
  { accounts, sessionEnded }: RevokePorts,
  session: RequestSession,
  deviceId: string,
): Promise<void> {
  if (deviceId === session.deviceId) throw new ApiError("CANNOT_DELETE_CURRENT_DEVICE");
  if (!(await endDevice(accounts, session.userId, deviceId))) throw new ApiError("DEVICE_NOT_FOUND");
  sessionEnded(session.userId, { deviceId });
}

/** The same without a session, for the operator. False when there is no such device. */
export async function endDevice(accounts: AccountStore, userId: string, deviceId: string): Promise<boolean> {
  return await accounts.transaction(async (tx) => {
    await tx.lockUser(userId);
    if (!(await tx.markDeviceRevoked(userId, deviceId))) return false;
    await tx.endSessionsOfDevice(userId, deviceId);
    return true;
  });
}
