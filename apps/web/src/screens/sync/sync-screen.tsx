import {
  DeletionsReview,
  IntegrityAlarmCard,
  SyncSettingsForm,
  SyncStatusPanel,
  useDeletions,
  useIntegrity,
  useSettings,
  useStatistics,
  useSync,
  useSyncStatus,
  useWords,
} from "@owlivion/sync-react";
import { useLocation } from "wouter";
import { useText } from "../../i18n/text-provider.tsx";
import { Screen } from "../../shell/screen.tsx";
import { CostPanel } from "./cost-panel.tsx";
import { SignInAgain } from "./sign-in-again.tsx";

export default function SyncScreen() {
  const { text } = useText();
  const words = useWords();
  const sync = useSync();
  const status = useSyncStatus();
  const deletions = useDeletions();
  const integrity = useIntegrity();
  const statistics = useStatistics();
  const { settings, dataTypes, change } = useSettings();
  const [, navigate] = useLocation();
  const waitingDeletions = deletions.value;
  const hasDeletions =
    waitingDeletions !== undefined &&
    waitingDeletions.held.length + waitingDeletions.staged.length + waitingDeletions.unconfirmed.length > 0;
  return (
    <Screen title={text("screen.sync")}>
      <SignInAgain />
      <h2 className="owl-hidden">{words.text("status.title")}</h2>
      <SyncStatusPanel
        status={status}
        now={new Date()}
        onSyncNow={() => void sync.syncNow().catch(() => {})} // the status tells what stopped it
        onOpen={({ kind }) => navigate(kind === "conflicts" || kind === "edits_held" ? "/conflicts" : "/sync")}
      />
      {integrity.value?.map((alarm) => (
        <IntegrityAlarmCard
          key={alarm.dataType}
          alarm={alarm}
          onExamine={(dataType) => integrity.decide.examine(dataType)}
          onTrustThisDevice={async (dataType) => void (await integrity.decide.trustThisDevice(dataType))}
          onTakeServers={async (dataType) => void (await integrity.decide.takeServers(dataType))}
        />
      ))}
      {hasDeletions ? (
        <div className="panel">
          <DeletionsReview deletions={waitingDeletions} decide={deletions.decide} />
        </div>
      ) : null}
      {statistics.value === undefined ? null : <CostPanel statistics={statistics.value} />}
      <section className="panel owl-stack" aria-labelledby="sync-settings">
        <h2 id="sync-settings" className="owl-title">
          {text("sync.settings")}
        </h2>
        <SyncSettingsForm
          settings={settings}
          dataTypes={dataTypes}
          onChange={change}
          {...(statistics.value === undefined ? {} : { statistics: statistics.value })}
        />
      </section>
    </Screen>
  );
}
