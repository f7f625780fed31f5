import Type, { type Static } from "typebox";
import { DataType, Epoch, Instant, Nullable, Strict, Success } from "../fields.ts";

const Count = Type.Integer({ minimum: 0 });
const Bytes = Type.Integer({ minimum: 0, description: "Bytes" });

export const AdminDataTypeStats = Strict({
  data_type: DataType,
  collections: Count,
  records: Count,
  tombstones: Count,
  record_bytes: Bytes,
  blobs: Count,
  blob_bytes: Bytes,
  last_sync_at: Nullable(Instant),
});

/** `GET /admin/stats`: the server in numbers. */
export const AdminStats = Strict({
  accounts: Count,
  disabled_accounts: Count,
  active_devices: Count,
  sessions: Count,
  database_bytes: Bytes,
  epoch: Epoch,
  epoch_began_at: Instant,
  last_cleanup_at: Nullable(Instant),
  data_types: Type.Array(AdminDataTypeStats),
  tables: Type.Array(
    Strict({ name: Type.String(), bytes: Bytes, rows: Type.Integer({ description: "Estimated by PostgreSQL" }) }),
    { description: "With their indexes, the largest first" },
  ),
});
export type AdminStats = Static<typeof AdminStats>;
export const AdminStatsReply = Success(AdminStats);
