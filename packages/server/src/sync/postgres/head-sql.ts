import { integerLiteral as int, uuidLiteral } from "../../db/sql-literal.ts";
import { readTimestamp } from "../../db/timestamps.ts";
import { noTag } from "../cursor.ts";
import type { EpochStart } from "../judge-cursor.ts";
import type { CollectionHead } from "../store.ts";

/** Eight bytes of the id of the batch that wrote a version, as hex; null when that batch is not kept. */
export const tagSql = (collection: (alias: string) => string, version: string) => `(
  select case when b.head_before < ${version} then encode(substring(uuid_send(b.batch_id) from 1 for 8), 'hex') end
  from sync_batches b where ${collection("b")} and b.head_after > 0 and b.head_after >= ${version}
  order by b.head_after limit 1)`;

/** The collection's row beside the server's epoch; one row also when the collection was never written to. */
export function headSql(userId: string, dataType: number, lineageVersion: number): string {
  const collection = (alias: string) =>
    `${alias}.user_id = ${uuidLiteral(userId)} and ${alias}.data_type = ${int(dataType)}`;
  return `select s.head, s.horizon, s.history_horizon, s.last_changed_at, e.epoch,
    ${tagSql(collection, int(lineageVersion))}, ${tagSql(collection, "s.head")},
    s.proof_epoch, s.proof_version, encode(s.proof, 'hex'), ${epochStartsSql(userId, dataType)}
  from (select epoch from epochs order by epoch_no desc limit 1) e
  left join sync_data s on ${collection("s")}`;
}

/** All epochs with where this collection stood when each began, as JSON: at its head, while it was not written since. */
export const epochStartsSql = (userId: string, dataType: number) => `(
  select json_agg(json_build_object('epoch', e.epoch, 'version',
    case when not e.is_exact then null when f.version is not null then f.version
      when e.epoch_no > s.epoch_no then s.head else 0 end) order by e.epoch_no)
  from epochs e
  left join sync_data s on s.user_id = ${uuidLiteral(userId)} and s.data_type = ${int(dataType)}
  left join epoch_starts f
    on f.user_id = ${uuidLiteral(userId)} and f.data_type = ${int(dataType)} and f.epoch_no = e.epoch_no)`;

export function readHead(row: readonly (string | null)[], lineageVersion: number): CollectionHead {
  const [head, horizon, historyHorizon, lastChangedAt, epoch, tag, headTag, proofEpoch, proofVersion, proof, epochs] =
    row;
  if (epoch == null || epochs == null) throw new Error("the database has no epoch");
  return {
    head: Number(head ?? 0),
    horizon: Number(horizon ?? 0),
    historyHorizon: Number(historyHorizon ?? 0),
    lastChangedAt: lastChangedAt == null ? 0 : readTimestamp(lastChangedAt),
    epoch,
    tag: lineageVersion === 0 ? noTag : tag == null ? null : Buffer.from(tag, "hex"),
    headTag: headTag == null ? noTag : Buffer.from(headTag, "hex"),
    proof:
      proofEpoch == null || proofVersion == null || proof == null
        ? null
        : { epoch: proofEpoch, version: Number(proofVersion), proof: Buffer.from(proof, "hex") },
    epochs: JSON.parse(epochs) as EpochStart[],
  };
}
