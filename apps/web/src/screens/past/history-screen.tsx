import { RecordHistory, useDevices, useHistory, useNames } from "@owlivion/sync-react";
import { Link } from "wouter";
import { useText } from "../../i18n/text-provider.tsx";
import { Screen } from "../../shell/screen.tsx";
import { recordName } from "../record-text.ts";

/** One record's past; each version can be brought back. */
export default function HistoryScreen({ dataType, id }: { readonly dataType: string; readonly id: string }) {
  const { text } = useText();
  const { value, error, loadMore, restore } = useHistory(dataType, id);
  const { value: devices } = useDevices();
  const names = useNames();
  const newest = value?.entries.find(({ fields }) => fields !== null);
  return (
    <Screen
      title={text("history.title", { name: recordName(dataType, newest?.fields ?? null) })}
      lead={text("history.lead")}
      actions={
        <Link href={`/${dataType}/${encodeURIComponent(id)}`} className="owl-button">
          {text("history.back")}
        </Link>
      }
    >
      <div className="panel">
        <RecordHistory
          entries={value?.entries}
          error={error}
          hasMore={value?.hasMore ?? false}
          onLoadMore={() => void loadMore()}
          onRestore={restore}
          deviceName={(deviceId) => {
            const device = devices?.find((each) => each.deviceId === deviceId);
            return device === undefined ? undefined : names.deviceName(device);
          }}
        />
      </div>
    </Screen>
  );
}
