import type { Attention } from "@owlivion/sync-client";
import { Button, type DeletionsState, useIntegrity, useWords } from "@owlivion/sync-react";
import { Link } from "wouter";
import { useText } from "../../i18n/text-provider.tsx";
import { useTask } from "../../session/use-task.ts";

export interface AttentionListProps {
  readonly attention: readonly Attention[];
  readonly deletions: DeletionsState;
}

interface Way {
  readonly label: string;
  readonly go: () => Promise<unknown>;
}

/** What needs the person, each with what can be done about it. */
export function AttentionList({ attention, deletions }: AttentionListProps) {
  const { text } = useText();
  const words = useWords();
  const integrity = useIntegrity();
  const task = useTask();
  if (attention.length === 0) return null;
  const { decide } = deletions;
  const waysFor = ({ kind, dataType }: Attention): readonly Way[] => {
    switch (kind) {
      case "deletions_held":
        return [
          { label: text("attention.confirm"), go: () => decide.confirm(dataType) },
          { label: text("attention.undo"), go: () => decide.undo(dataType) },
        ];
      case "deletions_staged":
        return [
          { label: text("attention.accept"), go: () => decide.accept(dataType) },
          { label: text("attention.reject"), go: () => decide.reject(dataType) },
        ];
      case "unconfirmed":
        return [
          { label: text("attention.keep"), go: () => decide.keep(dataType) },
          { label: text("attention.forget"), go: () => decide.forget(dataType) },
        ];
      case "integrity":
        return [
          { label: text("attention.trustDevice"), go: () => integrity.decide.trustThisDevice(dataType) },
          { label: text("attention.takeServers"), go: () => integrity.decide.takeServers(dataType) },
        ];
      case "conflicts":
      case "edits_held":
      case "unreadable":
      case "quota":
        return [];
    }
  };
  return (
    <ul className="attention" aria-label={words.text("attention.title")}>
      {attention.map((each) => (
        <li key={`${each.kind} ${each.dataType}`}>
          <span>
            {words.text(`attention.${each.kind}`, {
              count: each.count,
              type: words.has(`type.${each.dataType}`)
                ? words.text(`type.${each.dataType}` as "type.contacts")
                : each.dataType,
            })}
          </span>
          <span className="owl-row">
            {each.kind === "conflicts" || each.kind === "edits_held" ? (
              <Link href="/conflicts" className="owl-button owl-button--small">
                {words.text("attention.open")}
              </Link>
            ) : null}
            {waysFor(each).map(({ label, go }) => (
              <Button key={label} size="small" onClick={() => void task.run(async () => void (await go()))}>
                {label}
              </Button>
            ))}
          </span>
        </li>
      ))}
      {task.error === null ? null : <li role="alert">{task.error}</li>}
    </ul>
  );
}
