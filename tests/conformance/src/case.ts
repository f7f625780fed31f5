import type { Facts } from "./facts.ts";
import type { World } from "./world.ts";

/** What a case needs of the server it runs against; `null`: it can run, else why not. */
export type Needs = (facts: Facts) => string | null;

export interface Case {
  /** The rule of docs/protocol.md, or the part of docs/DELTA_SYNC_API.md. */
  readonly rule: string;
  readonly title: string;
  readonly needs: Needs;
  /** Waits for a timeout of the server, or hashes a hundred secrets. */
  readonly isSlow: boolean;
  readonly run: (world: World) => Promise<void>;
}

export type Cases = readonly Case[];

/** Cases of one rule. They run against any server; where limits are in the way, they take as long as these say. */
export function casesOf(rule: string, bodies: Readonly<Record<string, Case["run"]>>, needs: Needs = nothing): Cases {
  return Object.entries(bodies).map(([title, run]) => ({ rule, title, needs, isSlow: false, run }));
}

export const slow = (cases: Cases): Cases => cases.map((one) => ({ ...one, isSlow: true }));

const nothing: Needs = () => null;

export const defaultLimits: Needs = ({ hasDefaultLimits }) =>
  hasDefaultLimits ? null : "needs RATE_LIMIT_SCALE=1, the default";

export const closedRegistration: Needs = ({ config }) =>
  config.registration === "open" ? "needs REGISTRATION=closed or invite" : null;

export const smallQuota: Needs = ({ config }) =>
  config.quota.records <= 100 && config.quota.bytes <= 4 * 1024 * 1024
    ? null
    : "needs QUOTA_RECORDS of 100 and QUOTA_BYTES of 4 MiB at most";

/** Needs nothing of the server's settings, at most its operator's token. */
export const isUsual = ({ needs }: Case): boolean => needs === nothing || needs === operator;

export const operator: Needs = ({ adminToken }) => (adminToken === null ? "needs --admin-token" : null);
