import type { ConflictEntry } from "@owlivion/sync-client";
import { ConflictView, useConflicts, useDevices, useNames } from "@owlivion/sync-react";
import { useText } from "../../i18n/text-provider.tsx";
import { recordName } from "../record-text.ts";

/** One conflict under the name of its record. */
export function ConflictPanel({ conflict }: { readonly conflict: ConflictEntry }) {
  const { text } = useText();
  const { resolve } = useConflicts();
  const { value: devices } = useDevices();
  const { deviceName } = useNames();
  const { dataType, proposed, local, remote, base, remoteDeviceId } = conflict;
  const name = recordName(dataType, proposed ?? local ?? remote ?? base) || text("contacts.nameless");
  const other = devices?.find(({ deviceId }) => deviceId === remoteDeviceId);
  return (
    <section className="panel owl-stack" aria-label={name}>
      <h2 className="owl-title">{name}</h2>
      <ConflictView
        conflict={conflict}
        onResolve={resolve}
        {...(other === undefined ? {} : { otherDevice: deviceName(other) })}
      />
    </section>
  );
}
