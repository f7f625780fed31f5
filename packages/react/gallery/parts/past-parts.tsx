import { SyncError } from "@owlivion/sync-client";
import { type ReactNode } from "react";
import { GoBackForm, GoBackPreview, RecordHistory } from "../../src/index.ts";
import * as data from "../fixtures.ts";
import { card, type GalleryPart, nothing } from "./gallery-part.tsx";

export const pastParts: readonly GalleryPart[] = [
  {
    name: "History",
    states: [
      {
        name: "changed, deleted, unreadable",
        isWide: true,
        show: () =>
          card(
            <RecordHistory
              entries={data.history}
              hasMore
              onLoadMore={nothing}
              onRestore={async () => true}
              deviceName={data.deviceName}
            />,
          ),
      },
      { name: "loading", show: () => card(<RecordHistory entries={undefined} onRestore={async () => true} />) },
      {
        name: "too far back",
        show: () =>
          card(
            <RecordHistory entries={undefined} error={new SyncError("HISTORY_EXPIRED")} onRestore={async () => true} />,
          ),
      },
    ],
  },
  {
    name: "Going back",
    states: [
      {
        name: "the moment",
        show: () => card(<GoBackForm dataTypes={["accounts", "contacts"]} now={data.now} onPreview={nothing} />),
      },
      {
        name: "too far back",
        show: () =>
          card(
            <GoBackForm
              dataTypes={["contacts"]}
              now={data.now}
              error={new SyncError("HISTORY_EXPIRED")}
              onPreview={nothing}
            />,
          ),
      },
      { name: "the preview", isWide: true, show: () => card(preview({})) },
      {
        name: "nothing to do",
        show: () =>
          card(
            preview({
              counts: { bringBack: 0, revert: 0, remove: 0, unchanged: 12, unreadable: 0 },
              changes: [],
              total: 0,
            }),
          ),
      },
      { name: "under way", show: () => card(preview({ progress: { done: 200, total: 1200 } })) },
      {
        name: "done",
        show: () => card(preview({ result: { applied: 2, skipped: [{ recordId: "c", reason: "changed" }] } })),
      },
    ],
  },
];

function preview(props: Partial<Parameters<typeof GoBackPreview>[0]>): ReactNode {
  return (
    <GoBackPreview
      counts={data.restoreCounts}
      changes={data.restoreChanges}
      total={3}
      titleOf={(fields) => String((fields as { name?: string }).name)}
      onApply={nothing}
      onBack={nothing}
      {...props}
    />
  );
}
