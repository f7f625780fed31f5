import { useState } from "react";
import type { ConflictEntry } from "@owlivion/sync-client";
import { useWords } from "../../i18n/language-provider.tsx";
import { useNames } from "../../i18n/use-names.ts";
import { Button } from "../../primitives/button.tsx";
import { Dialog } from "../../primitives/dialog.tsx";
import { ConflictView, type ConflictViewProps } from "./conflict-view.tsx";

export interface ConflictDialogProps extends Pick<ConflictViewProps, "onResolve" | "names"> {
  /** One or several: they are gone through one after the other. */
  readonly conflicts: readonly ConflictEntry[];
  readonly isOpen: boolean;
  readonly onClose: () => void;
  /** What the record is called: "Ada Lovelace". */
  readonly titleOf?: (conflict: ConflictEntry) => string;
  /** What a device is called; undefined: it is not known. */
  readonly deviceName?: (deviceId: string) => string | undefined;
}

/** Conflicts, one at a time. When the last one is resolved it closes. */
export function ConflictDialog(props: ConflictDialogProps) {
  const { conflicts, isOpen, onClose, onResolve, titleOf, deviceName, names } = props;
  const { text } = useWords();
  const own = useNames();
  const [at, setAt] = useState(0);
  const index = Math.min(at, conflicts.length - 1);
  const conflict = conflicts[index];
  const resolve: ConflictDialogProps["onResolve"] = async (id, resolution) => {
    const isLast = conflicts.length === 1;
    await onResolve(id, resolution);
    if (isLast) onClose();
  };
  const record = conflict === undefined ? "" : (titleOf?.(conflict) ?? (names ?? own).typeName(conflict.dataType));
  const otherDevice = conflict?.remoteDeviceId == null ? undefined : deviceName?.(conflict.remoteDeviceId);
  return (
    <Dialog isOpen={isOpen} onClose={onClose} size="wide" title={text("conflict.title", { record })}>
      {conflicts.length > 1 ? (
        <nav className="owl-row owl-row--between" aria-label={text("conflict.navigation")}>
          <Button size="small" disabled={index === 0} onClick={() => setAt(index - 1)}>
            {text("conflict.previous")}
          </Button>
          <span className="owl-small owl-muted" aria-live="polite">
            {text("conflict.position", { at: index + 1, of: conflicts.length })}
          </span>
          <Button size="small" disabled={index === conflicts.length - 1} onClick={() => setAt(index + 1)}>
            {text("conflict.next")}
          </Button>
        </nav>
      ) : null}
      {conflict === undefined ? (
        <p className="owl-muted">{text("conflict.none")}</p>
      ) : (
        <ConflictView
          key={conflict.id}
          conflict={conflict}
          onResolve={resolve}
          {...(names === undefined ? {} : { names })}
          {...(otherDevice === undefined ? {} : { otherDevice })}
        />
      )}
    </Dialog>
  );
}
