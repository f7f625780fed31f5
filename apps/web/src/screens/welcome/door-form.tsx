import { Button, Notice } from "@owlivion/sync-react";
import { type ReactNode, useEffect } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import type { Task } from "../../session/use-task.ts";

export interface DoorFormProps {
  readonly title: string;
  readonly lead?: string;
  readonly submit: string;
  readonly task: Task;
  readonly onSubmit: () => void;
  readonly children: ReactNode;
  readonly links?: ReactNode;
}

/** A way in: its fields, what went wrong, one button. */
export function DoorForm({ title, lead, submit, task, onSubmit, children, links }: DoorFormProps) {
  const { text } = useText();
  useEffect(() => {
    document.title = `${title} · ${text("app.name")}`;
  }, [title, text]);
  return (
    <form
      className="owl-stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <h1 className="owl-title owl-title--page">{title}</h1>
      {lead === undefined ? null : <p className="owl-muted">{lead}</p>}
      {task.error === null ? null : (
        <Notice tone="danger" isLive>
          {task.error}
        </Notice>
      )}
      {children}
      <Button type="submit" look="primary" aria-disabled={task.isRunning}>
        {task.isRunning ? text("form.working") : submit}
      </Button>
      {links === undefined ? null : <div className="door__links">{links}</div>}
    </form>
  );
}
