import { toSyncError } from "../errors.ts";
import type { CollectionStatus, ServerConfig } from "../transport/replies.ts";
import type { Check, Finding, Repair } from "./doctor-report.ts";
import type { DoctorOptions, DoctorParts } from "./doctor.ts";

export type ServerStatus = ReadonlyMap<string, CollectionStatus | null>;

/** Whether the server is there, what it can do, and what it says of the collections. */
export async function examineServer(
  { context, session }: DoctorParts,
  { signal }: DoctorOptions,
): Promise<{ readonly finding: Finding; readonly status: ServerStatus | null }> {
  const call = signal === undefined ? {} : { signal };
  let config: ServerConfig;
  try {
    config = await context.api.config(call);
  } catch (error) {
    const { code } = toSyncError(error);
    const check: Check = {
      name: "server",
      dataType: null,
      state: "problem",
      summary: `The server does not answer as it should: ${code}.`,
      facts: { code },
    };
    const repair: Repair = {
      problem: "The server cannot be used.",
      dataType: null,
      repair: "Check the address and the network. Edits are kept and sent later.",
    };
    return { finding: { checks: [check], repairs: [repair] }, status: null };
  }
  const missing = [...context.types.keys()].filter((dataType) => !config.dataTypes.includes(dataType));
  const { status, code } = await readStatus(context, session.state.kind === "unlocked", call);
  const facts = {
    protocol: `${config.protocol.major}.${config.protocol.minor}`,
    features: config.features.join(" "),
    historyDays: config.retention.historyDays,
    tombstoneDays: config.retention.tombstoneDays,
    missingDataTypes: missing.join(" "),
    statusCode: code,
  };
  const check: Check = {
    name: "server",
    dataType: null,
    state: missing.length > 0 || code !== null ? "problem" : "ok",
    summary:
      missing.length > 0
        ? `The server does not keep ${missing.join(", ")}.`
        : code === null
          ? "The server answers."
          : "The server answers, but not this device.",
    facts,
  };
  const repairs = missing.map((dataType): Repair => ({
    problem: "The server does not keep this data type.",
    dataType,
    repair: "Its operator adds it to the server's data types, or the app leaves it out.",
  }));
  return { finding: { checks: [check], repairs }, status };
}

async function readStatus(
  { api }: DoctorParts["context"],
  isUnlocked: boolean,
  call: { readonly signal?: AbortSignal },
): Promise<{ readonly status: ServerStatus | null; readonly code: string | null }> {
  if (!isUnlocked) return { status: null, code: null };
  try {
    return { status: await api.status(call), code: null };
  } catch (error) {
    return { status: null, code: toSyncError(error).code };
  }
}
