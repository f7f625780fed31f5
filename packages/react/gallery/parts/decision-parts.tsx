import { useState } from "react";
import { ConflictDialog, ConflictView, DeletionsReview, IntegrityAlarmCard } from "../../src/index.ts";
import * as data from "../fixtures.ts";
import { Opener } from "./opener.tsx";
import { card, done, type GalleryPart, offline } from "./gallery-part.tsx";

const decide = { confirm: zero, undo: zero, accept: zero, reject: zero, keep: zero, forget: zero };
async function zero(): Promise<number> {
  return 0;
}

/** Settles conflicts as an app does: what is resolved goes from the list. */
function ConflictList() {
  const [open, setOpen] = useState(Object.values(data.conflicts));
  const [resolved, setResolved] = useState("");
  return (
    <Opener label="Open the list of conflicts">
      {(dialog) => (
        <>
          <output data-resolved>{resolved}</output>
          <ConflictDialog
            {...dialog}
            conflicts={open}
            deviceName={data.deviceName}
            titleOf={({ local, remote }) => String((local ?? remote)?.["name"] ?? "Mail account")}
            onResolve={async (id, resolution) => {
              setResolved(JSON.stringify(resolution));
              setOpen(open.filter((each) => each.id !== id));
            }}
          />
        </>
      )}
    </Opener>
  );
}

/** What a person is asked to decide. */
export const decisionParts: readonly GalleryPart[] = [
  {
    name: "Conflicts",
    states: [
      { name: "a list, in a dialog", isWide: true, show: () => <ConflictList /> },
      ...Object.entries(data.conflicts).map(([name, conflict]) => ({
        name,
        isWide: true,
        show: () => card(<ConflictView conflict={conflict} otherDevice="Phone" onResolve={done} />),
      })),
      {
        name: "resolving fails",
        isWide: true,
        show: () => card(<ConflictView conflict={data.conflicts["deleted there"]!} onResolve={offline} />),
      },
    ],
  },
  {
    name: "Deletions",
    states: [
      {
        name: "held, staged, unconfirmed",
        isWide: true,
        show: () => (
          <DeletionsReview
            deletions={data.deletions}
            decide={decide}
            titleOf={({ recordId, dataType }) => (dataType === "contacts" ? `Contact ${recordId}` : undefined)}
          />
        ),
      },
      {
        name: "none",
        show: () => <DeletionsReview deletions={{ held: [], staged: [], unconfirmed: [] }} decide={decide} />,
      },
    ],
  },
  {
    name: "Integrity",
    states: [
      {
        name: "a proof does not agree",
        isWide: true,
        show: () => (
          <IntegrityAlarmCard
            alarm={data.alarm}
            onExamine={async () => ({ missing: ["a", "b"], different: ["c"], resurrected: [], extra: [] })}
            onTrustThisDevice={offline}
            onTakeServers={done}
          />
        ),
      },
      {
        name: "a problem of a newer version",
        isWide: true,
        show: () => (
          <IntegrityAlarmCard
            alarm={{ ...data.alarm, problem: "something_new" }}
            onExamine={offline}
            onTrustThisDevice={done}
            onTakeServers={done}
          />
        ),
      },
    ],
  },
];
