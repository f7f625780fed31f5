import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Config } from "./config.ts";
import { makeDataDir } from "../data-dir.ts";
import { errorCode } from "../error-code.ts";
import { explainFileError } from "../explain-file-error.ts";
import { OperatorError } from "../operator-error.ts";
import { Secret } from "./secret.ts";

/** What the server signs and derives with, and what opens the operator's pages; null: they are off. */
export type Secrets = KeptSecrets & Readonly<{ adminToken: Secret | null }>;

type KeptSecrets = Readonly<{ jwtSecret: Secret; serverSecret: Secret }>;

const secretNames = ["jwtSecret", "serverSecret"] as const;
type SecretName = (typeof secretNames)[number];

/** From the settings, else from `<data dir>/secrets.json`, which the first start makes. The operator's token is never made. */
export function loadSecrets(config: Pick<Config, "dataDir" | "adminToken" | SecretName>): Secrets {
  const { jwtSecret, serverSecret, adminToken = null } = config;
  if (jwtSecret && serverSecret) return { jwtSecret, serverSecret, adminToken };
  const kept = readOrMake(secretsPath(config.dataDir));
  return {
    jwtSecret: jwtSecret ?? kept.jwtSecret,
    serverSecret: serverSecret ?? kept.serverSecret,
    adminToken,
  };
}

export function secretsPath(dataDir: string): string {
  return join(dataDir, "secrets.json");
}

function readOrMake(path: string): KeptSecrets {
  const found = readSecrets(path);
  if (found !== null) return found;
  makeDataDir(dirname(path));
  makeSecrets(path);
  const made = readSecrets(path);
  if (made === null) throw new OperatorError(`${path} disappeared just after it was made.`);
  return made;
}

function readSecrets(path: string): KeptSecrets | null {
  const stat = look(path);
  if (stat === undefined) return null;
  if (process.platform !== "win32" && (stat.mode & 0o077) !== 0) {
    throw new OperatorError(
      `${path} can be read by other users of this machine, so its secrets may be known.\n` +
        `Close it with: chmod 600 ${path}   To have new secrets, remove it: access tokens and cursors are then\n` +
        "void, and devices download again. Sessions go on until: owlivion-sync user sign-out --all",
    );
  }
  const kept = parseFile(path, readFile(path, stat.uid));
  return {
    jwtSecret: pick(path, kept, "jwtSecret"),
    serverSecret: pick(path, kept, "serverSecret"),
  };
}

function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw explainFileError(error, `${path} cannot be looked at`);
  }
}

function readFile(path: string, owner: number): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const refused = errorCode(error) === "EACCES" ? describeOwner(path, owner, process.getuid?.()) : null;
    throw refused === null
      ? explainFileError(error, `${path} cannot be read`)
      : new OperatorError(refused, { cause: error });
  }
}

/** Usually root ran a command once, or the server runs as another user than before. */
export function describeOwner(path: string, owner: number, ourUid: number | undefined): string | null {
  if (ourUid === undefined || owner === ourUid) return null;
  return (
    `${path} belongs to the user with id ${owner}, and this is ${ourUid}, who may not read it.\n` +
    `Run this as that user, or give the data directory away, as root: chown -R ${ourUid} ${dirname(path)}`
  );
}

function parseFile(path: string, content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new OperatorError(`${path} cannot be read as JSON. Bring it back from a backup.`, { cause });
  }
}

function pick(path: string, kept: unknown, name: SecretName): Secret {
  const value =
    typeof kept === "object" && kept !== null ? Object.entries(kept).find(([key]) => key === name)?.[1] : null;
  if (typeof value === "string" && value.length >= 32) return new Secret(value);
  throw new OperatorError(`${path} has no ${name} of 32 characters or more. Bring the file back from a backup.`);
}

/**
 * Written beside, synced and linked into place: the file is seen whole or not at all, and of two servers that start together
 * one makes it and both read it.
 */
function makeSecrets(path: string): void {
  const beside = `${path}.${randomBytes(6).toString("hex")}`;
  const secrets = Object.fromEntries(secretNames.map((name) => [name, randomBytes(32).toString("base64url")]));
  const file = openBeside(beside, path);
  try {
    writeSync(file, `${JSON.stringify(secrets, null, 2)}\n`);
    fsyncSync(file);
    linkSync(beside, path);
  } catch (error) {
    if (errorCode(error) !== "EEXIST") throw error;
  } finally {
    closeSync(file);
    rmSync(beside, { force: true });
  }
}

function openBeside(beside: string, path: string): number {
  try {
    return openSync(beside, "wx", 0o600);
  } catch (error) {
    throw explainFileError(error, `${path} cannot be made`);
  }
}
