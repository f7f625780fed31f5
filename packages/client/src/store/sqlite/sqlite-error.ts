import { isSyncError, SyncError, type ClientErrorCode } from "../../errors.ts";

/** Primary result codes of SQLite: https://www.sqlite.org/rescode.html */
const codes: Readonly<Record<number, ClientErrorCode>> = {
  5: "STORE_LOCKED", // BUSY
  6: "STORE_LOCKED", // LOCKED
  13: "STORE_FULL", // FULL
};

const fileCodes: Readonly<Record<string, ClientErrorCode>> = {
  ENOSPC: "STORE_FULL",
  EDQUOT: "STORE_FULL",
};

/** What SQLite or the file system threw, as an error with a code; anything else as it is. */
export function storeError(error: unknown): unknown {
  if (isSyncError(error) || !(error instanceof Error)) return error;
  const { errcode, code } = error as { errcode?: unknown; code?: unknown };
  if (typeof errcode === "number") return new SyncError(codes[errcode & 0xff] ?? "STORE_UNREADABLE", { cause: error });
  if (typeof code === "string" && "syscall" in error) {
    return new SyncError(fileCodes[code] ?? "STORE_UNREADABLE", { cause: error });
  }
  return error;
}

/** Somebody else is writing, or opening the file. */
export function isBusy(error: unknown): boolean {
  return storeErrorCode(error) === "STORE_LOCKED";
}

function storeErrorCode(error: unknown): string | undefined {
  const mapped = storeError(error);
  return isSyncError(mapped) ? mapped.code : undefined;
}
