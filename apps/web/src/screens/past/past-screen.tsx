import type { RestoreChange, RestorePreview, RestoreResult } from "@owlivion/sync-client";
import { GoBackForm, GoBackPreview, useAction, useSync } from "@owlivion/sync-react";
import { useState } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import { Screen } from "../../shell/screen.tsx";
import { recordName } from "../record-text.ts";
import { readChanges } from "./read-changes.ts";

interface Previewed {
  readonly preview: RestorePreview;
  readonly changes: readonly RestoreChange[];
}

/** Back to what a data type was at a moment: first shown, then done, and it can itself be undone. */
export default function PastScreen() {
  const { text } = useText();
  const sync = useSync();
  const [previewed, setPreviewed] = useState<Previewed | null>(null);
  const [progress, setProgress] = useState<{ readonly done: number; readonly total: number } | null>(null);
  const [result, setResult] = useState<RestoreResult | null>(null);
  const look = useAction(async (dataType: string, at: Date) => {
    const preview = await sync.restoreTo(dataType, at);
    setPreviewed({ preview, changes: await readChanges(preview, 0) });
  });
  const apply = useAction(async (preview: RestorePreview) => {
    setProgress({ done: 0, total: 1 });
    try {
      setResult(await preview.apply({ onProgress: (done, total) => setProgress({ done, total }) }));
    } finally {
      setProgress(null);
    }
  });
  const back = (): void => {
    setPreviewed(null);
    setResult(null);
    apply.clear();
  };
  const counts = previewed?.preview.counts;
  return (
    <Screen title={text("screen.past")}>
      <div className="panel">
        {previewed === null || counts === undefined ? (
          <GoBackForm
            dataTypes={sync.dataTypes}
            now={new Date()}
            isRunning={look.isRunning}
            error={look.error}
            onPreview={(dataType, at) => void look.run(dataType, at)}
          />
        ) : (
          <GoBackPreview
            counts={counts}
            changes={previewed.changes}
            total={counts.bringBack + counts.revert + counts.remove}
            titleOf={(fields) => recordName(previewed.preview.dataType, { ...fields }) || text("contacts.nameless")}
            progress={progress}
            result={result}
            error={apply.error}
            onApply={() => void apply.run(previewed.preview)}
            onShowMore={() =>
              void readChanges(previewed.preview, previewed.changes.length).then((changes) =>
                setPreviewed({ ...previewed, changes }),
              )
            }
            onBack={back}
          />
        )}
      </div>
    </Screen>
  );
}
