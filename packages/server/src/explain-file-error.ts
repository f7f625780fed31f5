import { errorCode } from "./error-code.ts";
import { OperatorError } from "./operator-error.ts";

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "something in its path is not a folder",
  EEXIST: "there is a file of that name",
  EISDIR: "it is a folder",
  EACCES: "this user may not",
  EPERM: "this user may not",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ENAMETOOLONG: "the name is too long",
};

/** A failure of the file system that the operator can settle, in a sentence; any other error as it is. */
export function explainFileError(error: unknown, what: string): unknown {
  const reason = reasons[errorCode(error) ?? ""];
  if (reason === undefined || !(error instanceof Error && "syscall" in error)) return error;
  return new OperatorError(`${what}: ${reason}.`, { cause: error });
}
