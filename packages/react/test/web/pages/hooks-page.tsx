import { type Contact, openSync, type StoredRecord, type Sync } from "@owlivion/sync-client";
import { insecurePasswordHashForTests } from "@owlivion/sync-crypto/testing";
import { memo } from "react";
import { createRoot } from "react-dom/client";
import {
  ConflictDialog,
  DeviceList,
  RecordHistory,
  SyncProvider,
  SyncSettingsForm,
  SyncStatusPanel,
  useCollection,
  useConflicts,
  useDevices,
  useHistory,
  useRecord,
  useSession,
  useSettings,
  useStatistics,
  useSync,
  useSyncStatus,
} from "../../../src/index.ts";

/** What the tests call in the page: an app of all hooks, as small as one can be. */
export interface HooksPage {
  open(url: string | null): Promise<void>;
  signUp(person: { readonly email: string; readonly password: string }): Promise<void>;
  readonly sync: Sync;
  /** How often a row was drawn, by the record's id. */
  readonly drawn: Map<string, number>;
  lists: number;
}

let opened: Sync | undefined;
const drawn = new Map<string, number>();

const page: HooksPage = {
  async open(url) {
    opened = await openSync({
      url: url ?? "https://nowhere.example",
      platform: "web",
      passwordHash: insecurePasswordHashForTests,
    });
    createRoot(document.getElementById("gallery")!).render(
      <SyncProvider sync={opened}>
        <App />
      </SyncProvider>,
    );
  },
  signUp: async (person) =>
    await page.sync.signUp({
      ...person,
      confirmRecoveryKey: async ({ recoveryKey, askedGroups }) =>
        askedGroups.map((group) => recoveryKey.split("-")[group - 1] ?? ""),
    }),
  get sync() {
    if (opened === undefined) throw new Error("open it first");
    return opened;
  },
  drawn,
  lists: 0,
};
Object.assign(globalThis, { page });

function App() {
  const { state, account } = useSession();
  return (
    <main>
      <output data-session>{`${state} ${account?.email ?? ""}`}</output>
      {state === "unlocked" ? <SignedIn /> : null}
    </main>
  );
}

function SignedIn() {
  const sync = useSync();
  const status = useSyncStatus();
  const conflicts = useConflicts();
  const devices = useDevices();
  const { settings, dataTypes, change } = useSettings();
  const statistics = useStatistics();
  return (
    <>
      <SyncStatusPanel status={status} now={new Date()} onSyncNow={() => void sync.syncNow()} />
      <Contacts />
      <ConflictDialog
        isOpen={(conflicts.value ?? []).length > 0}
        onClose={() => {}}
        conflicts={conflicts.value ?? []}
        onResolve={conflicts.resolve}
      />
      <DeviceList
        devices={devices.value}
        error={devices.error}
        now={new Date()}
        onRevoke={devices.revoke}
        onRefresh={() => void devices.refresh()}
      />
      <SyncSettingsForm
        settings={settings}
        dataTypes={dataTypes}
        onChange={change}
        {...(statistics.value === undefined ? {} : { statistics: statistics.value })}
      />
    </>
  );
}

function Contacts() {
  const { value, isLoading } = useCollection<Contact>("contacts", { orderBy: "name" });
  page.lists += 1;
  if (isLoading) return <p>loading</p>;
  return (
    <>
      <ul data-contacts>
        {value?.map((contact) => (
          <Row key={contact.id} contact={contact} />
        ))}
      </ul>
      {value?.length === 1 ? <Only id={value[0]!.id} /> : null}
    </>
  );
}

const Row = memo(({ contact }: { readonly contact: StoredRecord<Contact> }) => {
  drawn.set(contact.id, (drawn.get(contact.id) ?? 0) + 1);
  return <li>{contact.name}</li>;
});

function Only({ id }: { readonly id: string }) {
  const { value } = useRecord<Contact>("contacts", id);
  const history = useHistory("contacts", id);
  return (
    <>
      <output
        data-record
      >{`${value?.record?.notes ?? ""} ${value?.state.isWaiting === true ? "waiting" : "sent"}`}</output>
      <RecordHistory entries={history.value?.entries} error={history.error} onRestore={history.restore} />
    </>
  );
}
