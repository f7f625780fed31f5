import { statSync } from "node:fs";
import type { Config } from "../config/config.ts";
import { secretsPath } from "../config/secrets.ts";
import { type Finding, fail, ok, warn } from "./finding.ts";

const loopback = new Set(["127.0.0.1", "::1", "localhost"]);

/** Settings that are valid, and still worth a word. */
export function checkSettings(config: Config): Finding[] {
  return [...checkSecrets(config), ...checkReach(config), ...checkRetention(config)];
}

function checkSecrets(config: Config): Finding[] {
  if (config.jwtSecret && config.serverSecret) return [ok("secrets", "all from the settings")];
  const path = secretsPath(config.dataDir);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return [warn("secrets", `${path} is not there yet: the first start of the server makes it`)];
  if ((stat.mode & 0o077) !== 0) return [fail("secrets", `${path} can be read by other users: chmod 600 ${path}`)];
  return [ok("secrets", `kept in ${path}; a backup does not hold them`)];
}

function checkReach(config: Config): Finding[] {
  if (loopback.has(config.host)) return [ok("network", `listens on ${config.host} only`)];
  if (config.trustedProxies.length > 0) return [ok("network", `listens on ${config.host} behind trusted proxies`)];
  return [
    warn(
      "network",
      `listens on ${config.host} without TRUSTED_PROXIES: is there TLS in front, and are limits by address right?`,
    ),
  ];
}

function checkRetention({ historyDays, tombstoneDays }: Config): Finding[] {
  if (tombstoneDays < 30) {
    return [
      warn("retention", `devices away for more than ${tombstoneDays} days (TOMBSTONE_DAYS) download everything again`),
    ];
  }
  return [ok("retention", `history ${historyDays} days, deletions ${tombstoneDays} days`)];
}
