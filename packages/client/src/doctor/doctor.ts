import type { EngineContext } from "../engine/engine-context.ts";
import type { Session } from "../session/session.ts";
import type { Integrity } from "../sync/integrity.ts";
import { examineClock } from "./examine-clock.ts";
import { examineCollection } from "./examine-collection.ts";
import { examineIndex } from "./examine-index.ts";
import { examineQueue } from "./examine-queue.ts";
import { examineServer } from "./examine-server.ts";
import { examineSession } from "./examine-session.ts";
import { examineStorage } from "./examine-storage.ts";
import { type DoctorReport, type Finding, worst } from "./doctor-report.ts";

export interface DoctorOptions {
  /** Compares the keys with those of the server as well. */
  readonly password?: string;
  /** Opens every envelope; without it some hundred of each data type. */
  readonly full?: boolean;
  readonly signal?: AbortSignal;
}

export interface DoctorParts {
  readonly context: EngineContext;
  readonly session: Session;
  readonly integrity: Integrity;
  /** One run of the sync. */
  readonly syncNow: () => Promise<unknown>;
}

/** Looks at everything, changes nothing, and says what to do. Never rejects: what cannot be looked at is in the report. */
export async function runDoctor(parts: DoctorParts, options: DoctorOptions = {}): Promise<DoctorReport> {
  const { context } = parts;
  const findings: Finding[] = [];
  const server = await examineServer(parts, options);
  findings.push(
    server.finding,
    examineClock(context),
    await examineSession(parts, options),
    await examineStorage(context),
  );
  const isUnlocked = context.keyring() !== null;
  for (const dataType of context.types.keys()) {
    findings.push(await examineQueue(parts, dataType, server.status !== null));
    findings.push(await examineCollection(parts, dataType, server.status));
    if (isUnlocked) findings.push(await examineIndex(parts, dataType, options.full ?? false));
  }
  const checks = findings.flatMap((finding) => finding.checks);
  return {
    at: new Date(context.correctedNow()).toISOString(),
    state: worst(checks),
    checks,
    repairs: findings.flatMap((finding) => finding.repairs),
  };
}
