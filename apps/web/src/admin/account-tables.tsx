import type { AdminLargeCollection, AdminRecentChange, AdminUnseenDevice } from "@owlivion/sync-protocol";
import { useWords } from "@owlivion/sync-react";
import { count, moment, Panel, Table } from "./panel.tsx";
import { useAdmin } from "./use-admin.ts";

const everyMs = 30_000;

export function AccountTables({ areEmailsShown }: { readonly areEmailsShown: boolean }) {
  const emails = areEmailsShown ? "emails=full" : "emails=masked";
  const activity = useAdmin<{ activity: AdminRecentChange[] }>(`activity?${emails}`, everyMs);
  const collections = useAdmin<{ collections: AdminLargeCollection[] }>(`collections?${emails}`, everyMs);
  const unseen = useAdmin<{ total: number; devices: AdminUnseenDevice[] }>(
    `devices?not_seen_days=30&${emails}`,
    everyMs,
  );
  const { bytes } = useWords();
  const who = (email: string | null): string => email ?? "an erased account";
  return (
    <>
      <Panel title="Recent activity" error={activity.error}>
        <Table
          label="Recent activity"
          rows={activity.value?.activity ?? []}
          keyOf={(row) => [row.user_id, row.device_id, row.data_type, row.change_type, row.last_changed_at].join(" ")}
          empty="Nothing changed in the last day."
          columns={[
            { name: "When", of: ({ last_changed_at }) => moment(last_changed_at) },
            { name: "Account", of: ({ email }) => who(email) },
            { name: "Device", of: ({ device_name, device_id }) => device_name ?? device_id.slice(0, 8) },
            { name: "Data type", of: ({ data_type }) => data_type },
            { name: "Change", of: ({ change_type }) => change_type },
            { name: "Records", isNumber: true, of: ({ changes }) => count(changes) },
          ]}
        />
      </Panel>
      <Panel title="Largest collections" error={collections.error}>
        <Table
          label="Largest collections"
          rows={collections.value?.collections ?? []}
          keyOf={({ user_id, data_type }) => `${user_id} ${data_type}`}
          empty="There is no collection yet."
          columns={[
            { name: "Account", of: ({ email }) => who(email) },
            { name: "Data type", of: ({ data_type }) => data_type },
            { name: "Records", isNumber: true, of: ({ record_count }) => count(record_count) },
            { name: "Tombstones", isNumber: true, of: ({ tombstone_count }) => count(tombstone_count) },
            { name: "Ciphertext", isNumber: true, of: ({ record_bytes }) => bytes(record_bytes) },
            { name: "Head", isNumber: true, of: ({ head }) => count(head) },
            { name: "Horizon", isNumber: true, of: ({ horizon }) => count(horizon) },
            { name: "Kept batches", isNumber: true, of: ({ kept_batches }) => count(kept_batches) },
            { name: "Last sync", of: ({ last_sync_at }) => moment(last_sync_at) },
          ]}
        />
      </Panel>
      <Panel title={`Devices not seen for 30 days: ${count(unseen.value?.total ?? 0)}`} error={unseen.error}>
        <Table
          label="Devices not seen"
          rows={unseen.value?.devices ?? []}
          keyOf={({ user_id, device_id }) => `${user_id} ${device_id}`}
          empty="Every device was here within 30 days."
          columns={[
            { name: "Account", of: ({ email }) => who(email) },
            { name: "Device", of: ({ device_name, platform }) => device_name ?? platform },
            { name: "Last seen", of: ({ last_seen_at }) => moment(last_seen_at) },
            { name: "Since", of: ({ created_at }) => moment(created_at) },
          ]}
        />
      </Panel>
    </>
  );
}
