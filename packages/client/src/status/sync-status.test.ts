import { describe, expect, test } from "vitest";
import { nextStatus, type StatusInput, type SyncStatus } from "./sync-status.ts";

const common = { waiting: 2, attention: [], lastSyncMs: 1 } as const;
const reason = { code: "OFFLINE", message: "away" } as const;
const progress = { dataType: "contacts", records: 1, bytes: 2, totalRecords: 3 };
const states: Record<SyncStatus["state"], SyncStatus> = {
  signed_out: { state: "signed_out", ...common },
  locked: { state: "locked", ...common },
  idle: { state: "idle", ...common },
  syncing: { state: "syncing", ...common, progress: null },
  offline: { state: "offline", ...common, reason, retryAtMs: 9 },
  error: { state: "error", ...common, error: reason },
  closed: { state: "closed", ...common },
};
const inputs: Record<string, StatusInput> = {
  "signed out": { type: "session", session: "signed_out" },
  locked: { type: "session", session: "locked" },
  unlocked: { type: "session", session: "unlocked" },
  started: { type: "started" },
  progress: { type: "progress", progress },
  succeeded: { type: "succeeded", atMs: 5 },
  delayed: { type: "delayed", reason, retryAtMs: 7 },
  failed: { type: "failed", error: reason },
  stopped: { type: "stopped" },
  renewed: { type: "renewed" },
  counted: { type: "counted", waiting: 3, attention: [] },
  closed: { type: "closed" },
};
/** A row for each state, a column for each input, in the order above. */
const table: Record<SyncStatus["state"], string> = {
  signed_out:
    "signed_out locked idle    signed_out signed_out signed_out signed_out signed_out signed_out signed_out signed_out closed",
  locked: "signed_out locked idle    locked  locked  locked locked  locked locked  locked  locked  closed",
  idle: "signed_out locked idle    syncing idle    idle   offline error  idle    idle    idle    closed",
  syncing: "signed_out locked syncing syncing syncing idle   offline error  idle    syncing syncing closed",
  offline: "signed_out locked offline syncing offline idle   offline error  offline offline offline closed",
  error: "signed_out locked error   syncing error   idle   offline error  error   idle    error   closed",
  closed: "closed     closed closed  closed  closed  closed closed  closed closed  closed  closed  closed",
};

describe("the status, state by input", () => {
  for (const [state, row] of Object.entries(table)) {
    const cells = row.split(/\s+/);
    test.each(Object.keys(inputs).map((name, i) => [name, cells[i]!]))(`${state}, %s: %s`, (name, expected) => {
      const after = nextStatus(states[state as SyncStatus["state"]], inputs[name]!);
      expect(after.state).toBe(expected);
      const counts = name === "counted" && state !== "closed";
      expect(after.waiting).toBe(counts ? 3 : 2);
    });
  }

  test("a success tells when, progress only what is going on", () => {
    expect(nextStatus(states.syncing, inputs["succeeded"]!)).toMatchObject({ state: "idle", lastSyncMs: 5 });
    expect(nextStatus(states.syncing, inputs["progress"]!)).toMatchObject({ progress });
  });
});
