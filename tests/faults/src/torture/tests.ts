import { canary } from "./t00-canary.ts";
import { serverKilled } from "./t01-server-killed.ts";
import { postgresKilled } from "./t03-postgres-killed.ts";
import { postgresRestarted } from "./t04-postgres-restarted.ts";
import { asynchronousFailover, failoverSeenByLineage, synchronousFailover } from "./t05-t06-failover.ts";
import { standbyDies } from "./t07-standby-dies.ts";
import { oldPrimary } from "./t08-old-primary.ts";
import { historyCuts } from "./t13-history-cut.ts";
import { backendEnded } from "./t02-backend-ended.ts";
import { fullDisks } from "./t09-disk-full.ts";
import { badLinkTests } from "./t10-t11-links.ts";
import { crowds } from "./t15-t17-crowds.ts";
import { drained } from "./t20-drain.ts";
import { behindPgbouncer } from "./t12-pgbouncer.ts";
import { pagedThroughCleanup } from "./t14-paging.ts";
import { timeZones } from "./t19-time-zones.ts";
import { browserKilled } from "./t22-browser.ts";
import { choreographies } from "./t21-choreography.ts";
import type { TortureTest } from "./torture-test.ts";

export const tortureTests: readonly TortureTest[] = [
  canary,
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
  ...badLinkTests,
  behindPgbouncer,
  ...historyCuts,
  pagedThroughCleanup,
  ...crowds,
  timeZones,
  drained,
  ...choreographies,
  browserKilled,
];
