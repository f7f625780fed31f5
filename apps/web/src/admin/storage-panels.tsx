import type { AdminStats } from "@owlivion/sync-protocol";
import { useWords } from "@owlivion/sync-react";
import { count, Figures, moment, Panel, Table } from "./panel.tsx";
import { useAdmin } from "./use-admin.ts";

const everyMs = 60_000;
const tablesShown = 8;

/** What is there, and how large. */
export function StoragePanels() {
  const { value, error } = useAdmin<AdminStats>("stats", everyMs);
  const { bytes } = useWords();
  if (value === null) return null;
  return (
    <div className="admin__pair">
      <Panel title="What is kept" error={error}>
        <Figures
          figures={[
            ["Accounts", count(value.accounts)],
            ["Disabled", count(value.disabled_accounts)],
            ["Devices", count(value.active_devices)],
            ["Sessions", count(value.sessions)],
            ["Database", bytes(value.database_bytes)],
          ]}
        />
        <Table
          label="Data types"
          rows={value.data_types}
          keyOf={({ data_type }) => data_type}
          empty="There is no data type."
          columns={[
            { name: "Data type", of: ({ data_type }) => data_type },
            { name: "Collections", isNumber: true, of: ({ collections }) => count(collections) },
            { name: "Records", isNumber: true, of: ({ records }) => count(records) },
            { name: "Tombstones", isNumber: true, of: ({ tombstones }) => count(tombstones) },
            { name: "Ciphertext", isNumber: true, of: ({ record_bytes }) => bytes(record_bytes) },
            { name: "Last sync", of: ({ last_sync_at }) => moment(last_sync_at) },
          ]}
        />
      </Panel>
      <Panel title="Tables">
        <Table
          label="Tables"
          rows={value.tables.slice(0, tablesShown)}
          keyOf={({ name }) => name}
          empty="There is none."
          columns={[
            { name: "Table", of: ({ name }) => <code>{name}</code> },
            { name: "Rows, about", isNumber: true, of: ({ rows }) => count(rows) },
            { name: "With indexes", isNumber: true, of: ({ bytes: size }) => bytes(size) },
          ]}
        />
      </Panel>
    </div>
  );
}
