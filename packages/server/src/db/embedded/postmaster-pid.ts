import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errorCode } from "../../error-code.ts";

/** What PostgreSQL writes into `postmaster.pid`, one item a line; the later lines come as it starts. */
export type PostmasterPid = {
  pid: number;
  port: number | undefined;
  socketDir: string | undefined;
  status: string | undefined;
};

export function parsePostmasterPid(text: string): PostmasterPid | null {
  const lines = text.split("\n").map((line) => line.trim());
  const [pid, , , port, socketDir, , , status] = lines;
  if (pid === undefined || !/^[1-9]\d*$/.test(pid)) return null;
  return {
    pid: Number(pid),
    port: port !== undefined && /^\d+$/.test(port) ? Number(port) : undefined,
    socketDir: socketDir === "" ? undefined : socketDir,
    status: status === "" ? undefined : status,
  };
}

export function readPostmasterPid(clusterFolder: string): PostmasterPid | null {
  try {
    return parsePostmasterPid(readFileSync(join(clusterFolder, "postmaster.pid"), "utf8"));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return null;
    throw error;
  }
}
