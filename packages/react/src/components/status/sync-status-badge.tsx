import type { SyncStatus } from "@owlivion/sync-client";
import { useWords } from "../../i18n/language-provider.tsx";
import { statusLabel, statusTone } from "./describe-status.ts";

export interface SyncStatusBadgeProps {
  readonly status: SyncStatus;
  /** Makes it a button, as to open the panel. */
  readonly onClick?: () => void;
  /** Without words, for narrow bars; screen readers hear them all the same. */
  readonly isCompact?: boolean;
}

/** How the sync stands, in a few words. Told to screen readers when it changes. */
export function SyncStatusBadge({ status, onClick, isCompact = false }: SyncStatusBadgeProps) {
  const words = useWords();
  const label = statusLabel(words, status);
  const className = `owl-scope owl-status owl-status--${statusTone(status)}`;
  const inner = (
    <>
      <span className="owl-status__sign" aria-hidden="true" />
      <span className={isCompact ? "owl-hidden" : undefined}>{label}</span>
    </>
  );
  return onClick === undefined ? (
    <span className={className} role="status">
      {inner}
    </span>
  ) : (
    <>
      <button type="button" className={className} onClick={onClick} title={isCompact ? label : undefined}>
        {inner}
      </button>
      <span className="owl-hidden" role="status">
        {words.text("status.label", { state: label })}
      </span>
    </>
  );
}
