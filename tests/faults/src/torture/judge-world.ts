import type { Household } from "../devices/household.ts";
import { judgeServer, type ServerJudgement } from "../oracles/judge-server.ts";
import type { Cluster } from "../postgres/cluster.ts";
import type { Tally } from "./torture-test.ts";

/** After the faults: all devices agree with a new one and with what was written, and the server with what it told. */
export async function judgeWorld(
  tally: Tally,
  cluster: Pick<Cluster, "query">,
  households: readonly Household[],
  { isWhole = true }: { readonly isWhole?: boolean } = {},
): Promise<ServerJudgement> {
  for (const household of households) {
    const broken = await household.findBrokenPromises({ mayUndelete: !isWhole });
    tally.lost += broken.filter((each) => each.startsWith("C-I5")).length;
    tally.broken.push(...broken);
  }
  const acknowledged = households.flatMap(({ devices }) => devices.flatMap((device) => device.acknowledged));
  const judgement = await judgeServer(cluster, acknowledged, { isWhole });
  if (isWhole) tally.lost += judgement.missing.length;
  tally.broken.push(...judgement.broken);
  return judgement;
}

export function countAcknowledged(tally: Tally, households: readonly Household[]): void {
  tally.acknowledged += households.reduce(
    (sum, { devices }) => sum + devices.reduce((part, { acknowledged }) => part + acknowledged.length, 0),
    0,
  );
}
