import type { ConflictEntry } from "@owlivion/sync-client";
import { Button, Notice, useConflicts } from "@owlivion/sync-react";
import { useText } from "../../i18n/text-provider.tsx";
import { useTask } from "../../session/use-task.ts";

/** A server that lost much asks about each record that it lost: nobody should have to answer thousands one by one. */
export function SentAgain({ conflicts }: { readonly conflicts: readonly ConflictEntry[] }) {
  const { text } = useText();
  const { resolveMany } = useConflicts();
  const task = useTask();
  const ids = conflicts.filter(({ kind }) => kind === "proposed_again").map(({ id }) => id);
  if (ids.length < 2) return null;
  return (
    <Notice tone="info">
      <p>{text("conflicts.sentAgain", { count: ids.length })}</p>
      {task.error === null ? null : <p className="owl-field__error">{task.error}</p>}
      <div className="owl-row">
        <Button
          size="small"
          disabled={task.isRunning}
          onClick={() => void task.run(async () => void (await resolveMany(ids, "local")))}
        >
          {text(task.isRunning ? "form.working" : "conflicts.keepAll")}
        </Button>
      </div>
    </Notice>
  );
}
