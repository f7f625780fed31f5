import { judgeRun, type MemoryAccountStore, type MemoryStore } from "@owlivion/sync-server/handlers";

interface Settings {
  readonly historyDays: number;
  readonly tombstoneDays: number;
  readonly batchDays: number;
}

interface Places {
  readonly store: MemoryStore;
  readonly accounts: MemoryAccountStore;
}

const dayMicros = 86_400_000_000;

/** The rows and rules of retention/run-cleanup.ts: whether it may run, what it removes, and in which order. */
export async function runMemoryCleanup(
  { store, accounts }: Places,
  now: number,
  settings: Settings,
  isClockAccepted: boolean,
): Promise<string> {
  const { sweeps } = store;
  const state = await sweeps.readRunState();
  const verdict = judgeRun(state, now / 1000, isClockAccepted);
  await sweeps.writeRunState({ lastRunAt: now / 1000, suspectSince: verdict.suspectSince });
  if (verdict.outcome !== "run") return verdict.outcome;
  const collections = sweeps.collections();
  for (const key of collections) await sweeps.history(key, now - settings.historyDays * dayMicros);
  for (const key of collections) await sweeps.tombstones(key, ({ expiresAt }) => expiresAt < now);
  const batchDays = Math.max(settings.batchDays, settings.historyDays + 1, settings.tombstoneDays + 1);
  for (const key of collections) await sweeps.batches(key, now - batchDays * dayMicros);
  await accounts.sweep();
  return "done";
}
