import { SyncError } from "@owlivion/sync-client";
import { type ReactNode, useState } from "react";
import {
  Button,
  ConflictDialog,
  ConflictView,
  DeletionsReview,
  DeviceList,
  Dialog,
  type DialogProps,
  GoBackForm,
  GoBackPreview,
  IntegrityAlarmCard,
  PasswordMeter,
  RecordHistory,
  RecoverForm,
  RecoveryKeyStep,
  SignInForm,
  SignUpForm,
  SyncSettingsForm,
  SyncStatusBadge,
  SyncStatusPanel,
  UnlockForm,
  type Words,
} from "../src/index.ts";
import * as data from "./fixtures.ts";

export interface GalleryState {
  readonly name: string;
  readonly isWide?: boolean;
  readonly show: (words: Words) => ReactNode;
}

export interface GalleryPart {
  readonly name: string;
  readonly states: readonly GalleryState[];
}

const nothing = () => {};
const done = async () => {};
const offline = async (): Promise<never> => {
  throw new SyncError("OFFLINE");
};
const card = (children: ReactNode) => <div className="owl-scope owl-card">{children}</div>;

const decide = { confirm: zero, undo: zero, accept: zero, reject: zero, keep: zero, forget: zero };
async function zero(): Promise<number> {
  return 0;
}

/** A dialog behind the button that opens it. */
function Opener({
  label,
  children,
}: {
  readonly label: string;
  readonly children: (dialog: Pick<DialogProps, "isOpen" | "onClose">) => ReactNode;
}) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setIsOpen(true)}>{label}</Button>
      {children({ isOpen, onClose: () => setIsOpen(false) })}
    </>
  );
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

export const parts: readonly GalleryPart[] = [
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
    name: "Devices",
    states: [
      {
        name: "four",
        isWide: true,
        show: () =>
          card(<DeviceList devices={data.remoteDevices} now={data.now} onRevoke={offline} onRefresh={nothing} />),
      },
      { name: "loading", show: () => card(<DeviceList devices={undefined} now={data.now} onRevoke={done} />) },
      {
        name: "offline",
        show: () =>
          card(
            <DeviceList
              devices={undefined}
              error={new SyncError("OFFLINE")}
              now={data.now}
              onRevoke={done}
              onRefresh={nothing}
            />,
          ),
      },
    ],
  },
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
  {
    name: "Session",
    states: [
      { name: "sign in", show: () => card(<SignInForm onSignIn={offline} onRecover={nothing} onSignUp={nothing} />) },
      {
        name: "sign in again",
        show: () => card(<SignInForm email="ada@example.com" onSignIn={done} onRecover={nothing} />),
      },
      { name: "sign up", show: () => card(<SignUpForm onSignIn={nothing} onDownload={nothing} onSignUp={signUp} />) },
      { name: "sign up by invitation", show: () => card(<SignUpForm needsInvitation onSignUp={offline} />) },
      {
        name: "recovery key",
        show: () =>
          card(
            <RecoveryKeyStep
              recoveryKey={data.recoveryKey}
              askedGroups={[2, 5, 9]}
              onConfirm={nothing}
              onCancel={nothing}
              onDownload={nothing}
            />,
          ),
      },
      {
        name: "unlock",
        show: () =>
          card(<UnlockForm email="ada@example.com" onUnlock={offline} onSignOut={nothing} onRecover={nothing} />),
      },
      { name: "recover", show: () => card(<RecoverForm onRecover={offline} onBack={nothing} onDownload={nothing} />) },
      {
        name: "password strength",
        show: () =>
          card(
            <div className="owl-stack">
              {["", "short", "password1234", "four words nobod", "a long and unusual phrase"].map((password) => (
                <PasswordMeter key={password} password={password} email="ada@example.com" />
              ))}
            </div>,
          ),
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
  {
    name: "Dialog",
    states: [
      {
        name: "with actions",
        show: ({ text }) => (
          <Opener label="Open a dialog">
            {(dialog) => (
              <Dialog
                {...dialog}
                title={text("attention.title")}
                description={text("settings.typesHint")}
                actions={<Button look="primary">{text("common.save")}</Button>}
              >
                <p>{text("recovery.intro")}</p>
              </Dialog>
            )}
          </Opener>
        ),
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

const signUp: Parameters<typeof SignUpForm>[0]["onSignUp"] = async ({ confirmRecoveryKey }) => {
  await confirmRecoveryKey({ recoveryKey: data.recoveryKey, askedGroups: [1, 4, 7] });
};
