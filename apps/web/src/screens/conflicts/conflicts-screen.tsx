import { Button, useConflicts, useWords } from "@owlivion/sync-react";
import { useState } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import { Screen } from "../../shell/screen.tsx";
import { ConflictPanel } from "./conflict-panel.tsx";
import { SentAgain } from "./sent-again.tsx";

const conflictsPerPage = 20;

export default function ConflictsScreen() {
  const { text } = useText();
  const words = useWords();
  const { value: conflicts } = useConflicts();
  const [shown, setShown] = useState(conflictsPerPage);
  return (
    <Screen title={text("screen.conflicts")} lead={text("conflicts.lead")}>
      {conflicts === undefined ? null : conflicts.length === 0 ? (
        <p className="empty">{text("conflicts.none")}</p>
      ) : (
        <>
          <SentAgain conflicts={conflicts} />
          {conflicts.slice(0, shown).map((conflict) => (
            <ConflictPanel key={conflict.id} conflict={conflict} />
          ))}
          {conflicts.length > shown ? (
            <div className="owl-row">
              <Button onClick={() => setShown(shown + conflictsPerPage)}>{words.text("common.loadMore")}</Button>
            </div>
          ) : null}
        </>
      )}
    </Screen>
  );
}
