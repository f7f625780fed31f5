import { Button, useSync, useSyncStatus } from "@owlivion/sync-react";
import { useText } from "../../i18n/text-provider.tsx";
import { useTask } from "../../session/use-task.ts";
import { Panel } from "./panel.tsx";

/** Locking forgets the keys; signing out removes what is here, but never what was not sent yet. */
export function LeaveDevice() {
  const { text } = useText();
  const sync = useSync();
  const { waiting } = useSyncStatus();
  const task = useTask();
  return (
    <Panel
      title={text("security.leave")}
      lead={waiting > 0 ? text("security.leaveWaiting", { count: waiting }) : text("security.leaveLead")}
      submit={text("security.signOut")}
      task={task}
      onSubmit={() => void task.run(async () => void (await sync.signOut()))}
    >
      <div className="owl-row">
        <Button onClick={() => void task.run(async () => await sync.lock())}>{text("security.lock")}</Button>
      </div>
    </Panel>
  );
}
