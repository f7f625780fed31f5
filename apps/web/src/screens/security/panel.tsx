import { Button, Notice } from "@owlivion/sync-react";
import { type ReactNode, useId } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import type { Task } from "../../session/use-task.ts";

export interface PanelProps {
  readonly title: string;
  readonly lead: string;
  readonly submit: string;
  readonly task: Task;
  readonly onSubmit: () => void;
  readonly done?: string | null;
  readonly look?: "plain" | "danger";
  readonly children?: ReactNode;
}

/** One thing that can be done about the account, with what it takes. */
export function Panel({ title, lead, submit, task, onSubmit, done = null, look = "plain", children }: PanelProps) {
  const { text } = useText();
  const id = useId();
  return (
    <form
      className="panel owl-stack"
      aria-labelledby={id}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
    >
      <h2 id={id} className="owl-title">
        {title}
      </h2>
      <p className="owl-muted">{lead}</p>
      {task.error === null ? null : (
        <Notice tone="danger" isLive>
          {task.error}
        </Notice>
      )}
      {done === null ? null : (
        <Notice tone="good" isLive>
          {done}
        </Notice>
      )}
      {children}
      <div className="owl-row">
        <Button type="submit" look={look} aria-disabled={task.isRunning}>
          {task.isRunning ? text("form.working") : submit}
        </Button>
      </div>
    </form>
  );
}
