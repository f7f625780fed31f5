/** What happens to the world without anybody wanting it. */
export interface Disturbance {
  readonly atMs: number;
  readonly device: number;
  readonly kind: DisturbanceKind;
  readonly value: number;
}

export const disturbanceKinds = [
  // network
  "partition",
  "partitionOneWay",
  "partitionAll",
  // clock
  "clockJump",
  "clockFreeze",
  "serverClockJump",
  // lifecycle and storage of a device
  "kill",
  "suspend",
  "suspendDays",
  "evict",
  "backUpDevice",
  "restoreDevice",
  "cloneDevice",
  "signInAsOther",
  // server and operator
  "serverRestart",
  "cleanup",
  "absence",
  "backUp",
  "restoreByCommand",
  "restoreNewCluster",
  "restoreSameCluster",
  "loseBatches",
  "wipe",
  "lowerQuota",
  "revokeDevice",
  "disableAccount",
  "limitRate",
] as const;

export type DisturbanceKind = (typeof disturbanceKinds)[number];
