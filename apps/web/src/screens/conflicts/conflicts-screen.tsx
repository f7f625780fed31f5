import { useConflicts } from "@owlivion/sync-react";
import { useText } from "../../i18n/text-provider.tsx";
import { Screen } from "../../shell/screen.tsx";
import { ConflictPanel } from "./conflict-panel.tsx";

export default function ConflictsScreen() {
  const { text } = useText();
  const { value: conflicts, resolve } = useConflicts();
  return (
    <Screen title={text("screen.conflicts")} lead={text("conflicts.lead")}>
      {conflicts === undefined ? null : conflicts.length === 0 ? (
        <p className="empty">{text("conflicts.none")}</p>
      ) : (
        conflicts.map((conflict) => (
          <ConflictPanel key={conflict.id} conflict={conflict} onResolve={(how) => resolve(conflict.id, how)} />
        ))
      )}
    </Screen>
  );
}
