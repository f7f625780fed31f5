import { SyncSettingsForm, SyncStatusBadge, SyncStatusPanel } from "../../src/index.ts";
import * as data from "../fixtures.ts";
import { card, done, type GalleryPart, nothing, offline } from "./gallery-part.tsx";

export const statusParts: readonly GalleryPart[] = [
  {
    name: "Status indicator",
    states: Object.entries(data.statuses).map(([name, status]) => ({
      name,
      show: () => (
        <div className="owl-row">
          <SyncStatusBadge status={status} />
          <SyncStatusBadge status={status} onClick={nothing} isCompact />
        </div>
      ),
    })),
  },
  {
    name: "Status panel",
    states: Object.entries(data.statuses).map(([name, status]) => ({
      name,
      show: () => <SyncStatusPanel status={status} now={data.now} onSyncNow={nothing} onOpen={nothing} />,
    })),
  },
  {
    name: "Settings",
    states: [
      {
        name: "live, one paused",
        isWide: true,
        show: () =>
          card(
            <SyncSettingsForm
              settings={{ isLive: true, pollMs: 60_000, pausedDataTypes: ["signatures"] }}
              dataTypes={["accounts", "contacts", "preferences", "signatures"]}
              statistics={data.statistics}
              onChange={done}
            />,
          ),
      },
      {
        name: "by asking",
        show: () =>
          card(
            <SyncSettingsForm
              settings={{ isLive: false, pollMs: 30_000, pausedDataTypes: [] }}
              dataTypes={["notes"]}
              onChange={offline}
            />,
          ),
      },
    ],
  },
];
