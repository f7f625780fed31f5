import type { Queryable } from "../db/queryable.ts";

export interface Sighting {
  readonly userId: string;
  readonly deviceId: string;
  readonly seenAtMs: number;
  readonly syncedAtMs: number | null;
}

/** Times only go forward: another process may have written a newer one. In key order, so that two writers never deadlock. */
export async function updateSightings(client: Queryable, sightings: readonly Sighting[]): Promise<void> {
  await client.query(
    `with seen as (
       select s.user_id, s.device_id, to_timestamp(s.seen / 1000.0) as seen_at, to_timestamp(s.synced / 1000.0) as synced_at
       from unnest($1::uuid[], $2::uuid[], $3::float8[], $4::float8[]) s(user_id, device_id, seen, synced)
     ), locked as (
       select d.user_id, d.device_id from devices d join seen s on s.user_id = d.user_id and s.device_id = d.device_id
       order by d.user_id, d.device_id for no key update of d
     )
     update devices d set last_seen_at = greatest(d.last_seen_at, s.seen_at),
       last_sync_at = greatest(d.last_sync_at, s.synced_at)
     from seen s join locked l on l.user_id = s.user_id and l.device_id = s.device_id
     where d.user_id = s.user_id and d.device_id = s.device_id`,
    [
      sightings.map((sighting) => sighting.userId),
      sightings.map((sighting) => sighting.deviceId),
      sightings.map((sighting) => sighting.seenAtMs),
      sightings.map((sighting) => sighting.syncedAtMs),
    ],
  );
}
