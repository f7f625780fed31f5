import { CliError } from "./cli-error.ts";

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "something in its path is not a folder",
  EEXIST: "it exists already, and is not overwritten",
  EISDIR: "it is a folder",
  EACCES: "this user may not",
  EPERM: "this user may not",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENAMETOOLONG: "the name is too long",
};

/** A failure of the file system in a sentence; any other error as it is. */
export function explainFileError(error: unknown, what: string): unknown {
  const reason = reasons[errorCode(error) ?? ""];
  if (reason === undefined || !(error instanceof Error && "syscall" in error)) return error;
  return new CliError(`${what}: ${reason}.`, { code: "FILE", cause: error });
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
}
