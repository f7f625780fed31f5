import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { Child } from "./child.ts";

/** Debian's packages run as an ordinary user only. */
export const isRoot = process.getuid?.() === 0;

export function asPostgres(command: string, args: readonly string[]): [string, string[]] {
  return isRoot ? ["runuser", ["-u", "postgres", "--", command, ...args]] : [command, [...args]];
}

/** Installs a Debian package when its program is missing. */
export async function ensureInstalled(program: string, packageName: string): Promise<void> {
  if (existsSync(program)) return;
  if (!isRoot) throw new Error(`${program} is missing: apt-get install ${packageName}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  await new Child("apt-get update", "apt-get", ["update", "-q"], { env }).succeeded();
  const args = ["install", "-qy", "--no-install-recommends", packageName];
  await new Child(`apt-get install ${packageName}`, "apt-get", args, { env }).succeeded();
}

export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        address === null || typeof address === "string" ? reject(new Error()) : resolve(address.port),
      );
    });
  });
}
