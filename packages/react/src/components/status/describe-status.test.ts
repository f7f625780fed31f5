import type { SyncStatus } from "@owlivion/sync-client";
import { describe, expect, test } from "vitest";
import { statusTone } from "./describe-status.ts";

const common = { waiting: 0, attention: [], lastSyncMs: null };
const conflicts = [{ kind: "conflicts", dataType: "contacts", count: 1 }] as const;
const error = { code: "OFFLINE", message: "" } as const;

describe("what matters most decides the tone", () => {
  test.each<[string, SyncStatus, string]>([
    ["idle", { ...common, state: "idle" }, "calm"],
    ["syncing", { ...common, state: "syncing", progress: null }, "busy"],
    ["offline", { ...common, state: "offline", reason: error, retryAtMs: null }, "away"],
    ["locked", { ...common, state: "locked" }, "away"],
    ["a conflict while syncing", { ...common, attention: conflicts, state: "syncing", progress: null }, "attention"],
    ["an error beside a conflict", { ...common, attention: conflicts, state: "error", error }, "danger"],
    ["an alarm", { ...common, state: "idle", attention: [{ ...conflicts[0], kind: "integrity" }] }, "danger"],
  ])("%s", (_, status, tone) => {
    expect(statusTone(status)).toBe(tone);
  });
});
