import { useSyncStatus, useWords } from "@owlivion/sync-react";
import { Link } from "wouter";

/** How things stand, in a word; the sync screen says more. */
export function StatusLine() {
  const status = useSyncStatus();
  const words = useWords();
  const { waiting } = status;
  const needsPerson = status.attention.length > 0;
  const tone = status.state === "error" ? "danger" : needsPerson ? "warning" : status.state;
  const state =
    status.state === "offline" && waiting > 0
      ? words.text("status.offlineWaiting", { count: waiting })
      : needsPerson && status.state === "idle"
        ? words.text("status.attention")
        : status.state === "idle" && waiting > 0
          ? words.text("status.idleWaiting", { count: waiting })
          : words.text(`status.${status.state}`);
  return (
    <Link
      href="/sync"
      className={`status-line status-line--${tone}`}
      aria-label={words.text("status.label", { state })}
    >
      <span className="status-line__dot" aria-hidden="true" />
      <span role="status">{state}</span>
    </Link>
  );
}
