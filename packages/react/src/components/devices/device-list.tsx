import type { RemoteDevice } from "@owlivion/sync-client";
import { useState } from "react";
import { useWords } from "../../i18n/language-provider.tsx";
import { useNames } from "../../i18n/use-names.ts";
import { Button } from "../../primitives/button.tsx";
import { ErrorNotice } from "../../primitives/error-notice.tsx";
import { PasswordDialog } from "../session/password-dialog.tsx";

export interface DeviceListProps {
  readonly devices: readonly RemoteDevice[] | undefined;
  /** Why they could not be read. */
  readonly error?: unknown;
  /** What time it is, for "5 minutes ago". */
  readonly now: Date;
  /** Ends a device's session; rejects with what stopped it. */
  readonly onRevoke: (deviceId: string, password: string) => Promise<void>;
  readonly onRefresh?: () => void;
}

/** The account's devices: this one first, then the active ones by when they were seen. */
export function DeviceList({ devices, error = null, now, onRevoke, onRefresh }: DeviceListProps) {
  const { text, dates } = useWords();
  const [revoking, setRevoking] = useState<RemoteDevice | null>(null);
  const { deviceName: nameOf } = useNames();
  return (
    <div className="owl-scope owl-stack">
      <ErrorNotice error={error} />
      {devices === undefined && error === null ? <p className="owl-muted">{text("common.loading")}</p> : null}
      <ul className="owl-list">
        {sorted(devices ?? []).map((device) => (
          <li key={device.deviceId} className="owl-list__item owl-device">
            <div>
              <div className="owl-device__name">
                {nameOf(device)}
                {device.isCurrent ? <span className="owl-tag">{text("devices.current")}</span> : null}
                {device.isActive ? null : <span className="owl-tag owl-tag--muted">{text("devices.ended")}</span>}
              </div>
              <div className="owl-small owl-muted">
                {text(`platform.${device.platform}`)} · {seenText(device)}
              </div>
            </div>
            {device.isCurrent || !device.isActive ? null : (
              <Button size="small" onClick={() => setRevoking(device)}>
                {text("devices.revoke")}
                <span className="owl-hidden">{nameOf(device)}</span>
              </Button>
            )}
          </li>
        ))}
      </ul>
      {onRefresh === undefined ? null : (
        <div>
          <Button size="small" look="quiet" onClick={onRefresh}>
            {text("devices.refresh")}
          </Button>
        </div>
      )}
      <PasswordDialog
        isOpen={revoking !== null}
        onClose={() => setRevoking(null)}
        title={text("devices.revokeTitle", { device: revoking === null ? "" : nameOf(revoking) })}
        description={text("devices.revokeHint")}
        action={text("devices.revoke")}
        isDangerous
        onConfirm={async (password) => {
          if (revoking !== null) await onRevoke(revoking.deviceId, password);
        }}
      />
    </div>
  );

  function seenText({ lastSeenAt, isCurrent }: RemoteDevice): string {
    if (isCurrent) return text("devices.seenNow");
    return lastSeenAt === null
      ? text("devices.neverSeen")
      : text("devices.seen", { when: dates.relative(new Date(lastSeenAt), now) });
  }
}

const sorted = (devices: readonly RemoteDevice[]): readonly RemoteDevice[] =>
  devices.toSorted(
    (a, b) =>
      Number(b.isCurrent) - Number(a.isCurrent) ||
      Number(b.isActive) - Number(a.isActive) ||
      (b.lastSeenAt ?? "").localeCompare(a.lastSeenAt ?? ""),
  );
