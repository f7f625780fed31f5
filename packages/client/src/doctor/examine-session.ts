import { toSyncError } from "../errors.ts";
import type { KeysReport } from "../session/check-keys.ts";
import { type Check, type Finding, type Repair, shortId } from "./doctor-report.ts";
import type { DoctorOptions, DoctorParts } from "./doctor.ts";

/** Who uses this device, and whether its keys are the account's. */
export async function examineSession({ session }: DoctorParts, { password }: DoctorOptions): Promise<Finding> {
  const { state } = session;
  if (state.kind === "signed-out") {
    const check: Check = { name: "session", dataType: null, state: "ok", summary: "Nobody is signed in.", facts: {} };
    return { checks: [check], repairs: [] };
  }
  const { accountId, deviceId, platform, endedBy } = state.account;
  const repairs: Repair[] = [];
  if (endedBy !== null) {
    repairs.push({
      problem: "The server does not take this device's session any more.",
      dataType: null,
      repair: "Sign in again; what is on the device stays.",
    });
  }
  const sessionCheck: Check = {
    name: "session",
    dataType: null,
    state: endedBy !== null ? "problem" : state.kind === "locked" ? "notice" : "ok",
    summary:
      endedBy !== null
        ? `The session ended: ${endedBy}.`
        : state.kind === "locked"
          ? "Signed in, and the keys are locked."
          : "Signed in.",
    facts: { state: state.kind, account: shortId(accountId), device: shortId(deviceId), platform, endedBy },
  };
  return { checks: [sessionCheck, await examineKeys(session, password, repairs)], repairs };
}

async function examineKeys(
  session: DoctorParts["session"],
  password: string | undefined,
  repairs: Repair[],
): Promise<Check> {
  const base = { name: "keys", dataType: null } as const;
  let keys: KeysReport;
  try {
    keys = await session.checkKeys(password);
  } catch (error) {
    const { code } = toSyncError(error);
    return { ...base, state: "unknown", summary: `The keys could not be compared: ${code}.`, facts: { code } };
  }
  const { isOwnBundle, deviceKeyEpoch, deviceVersion, server } = keys;
  const facts = {
    isOwnBundle,
    keyEpoch: deviceKeyEpoch,
    version: deviceVersion,
    serverKeyEpoch: server?.keyEpoch ?? null,
    serverVersion: server?.version ?? null,
    serverOpens: server?.opens ?? null,
  };
  if (isOwnBundle === false || server?.opens === false) {
    repairs.push({
      problem: "The keys are not the account's.",
      dataType: null,
      repair: "Sign in again. If that is refused, use the recovery key.",
    });
    return { ...base, state: "problem", summary: "The keys are not the account's.", facts };
  }
  if (server !== null && (server.keyEpoch > deviceKeyEpoch || server.version > deviceVersion)) {
    return { ...base, state: "notice", summary: "The account's keys were wrapped anew elsewhere; they open.", facts };
  }
  if (server !== null) return { ...base, state: "ok", summary: "The keys agree with the server's.", facts };
  if (isOwnBundle === null) return { ...base, state: "unknown", summary: "The keys are locked.", facts };
  return {
    ...base,
    state: "ok",
    summary: "The keys are this account's; the password would tell about the server's.",
    facts,
  };
}
