import { serverKilled } from "./t01-server-killed.ts";
import { postgresKilled } from "./t03-postgres-killed.ts";
import { postgresRestarted } from "./t04-postgres-restarted.ts";
import { asynchronousFailover, failoverSeenByLineage, synchronousFailover } from "./t05-t06-failover.ts";
import { standbyDies } from "./t07-standby-dies.ts";
import { oldPrimary } from "./t08-old-primary.ts";
import { historyCuts } from "./t13-history-cut.ts";
import { backendEnded } from "./t02-backend-ended.ts";
import { fullDisks } from "./t09-disk-full.ts";
import { choreographies } from "./t21-choreography.ts";
import type { TortureTest } from "./torture-test.ts";

export const tortureTests: readonly TortureTest[] = [
  serverKilled,
  backendEnded,
  postgresKilled,
  postgresRestarted,
  asynchronousFailover,
  failoverSeenByLineage,
  synchronousFailover,
  standbyDies,
  oldPrimary,
  ...fullDisks,
  ...historyCuts,
  ...choreographies,
];
