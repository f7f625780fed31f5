import { SyncError, type SyncErrorCode } from "@owlivion/sync-client";
import { expect, test } from "vitest";
import { exitCodeOf } from "./exit-codes.ts";

test.each<[SyncErrorCode, number]>([
  ["RECORD_NOT_FOUND", 1],
  ["STORE_FULL", 1],
  ["STORE_LOCKED", 1],
  ["INTERNAL", 1],
  ["INSECURE_URL", 2],
  ["UNKNOWN_DATA_TYPE", 2],
  ["NOT_SIGNED_IN", 3],
  ["WRONG_PASSWORD", 3],
  ["SESSION_REVOKED", 3],
  ["OFFLINE", 4],
  ["TIMEOUT", 4],
  ["NOT_A_SYNC_SERVER", 4],
  ["RATE_LIMITED", 4],
  ["OVERLOADED", 4],
])("%s ends with %i", (code, exitCode) => {
  expect(exitCodeOf(new SyncError(code))).toBe(exitCode);
});
