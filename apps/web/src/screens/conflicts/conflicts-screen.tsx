import { ConflictView, useConflicts, useDevices, useNames } from "@owlivion/sync-react";
import { useText } from "../../i18n/text-provider.tsx";
import { Screen } from "../../shell/screen.tsx";
import { recordName } from "../record-text.ts";

export default function ConflictsScreen() {
  const { text } = useText();
  const { value: conflicts, resolve } = useConflicts();
  const { value: devices } = useDevices();
  const { deviceName } = useNames();
  return (
    <Screen title={text("screen.conflicts")} lead={text("conflicts.lead")}>
      {conflicts === undefined ? null : conflicts.length === 0 ? (
        <p className="empty">{text("conflicts.none")}</p>
      ) : (
        conflicts.map((conflict) => {
          const { id, dataType, proposed, local, remote, base, remoteDeviceId } = conflict;
          const name = recordName(dataType, proposed ?? local ?? remote ?? base) || text("contacts.nameless");
          const other = devices?.find(({ deviceId }) => deviceId === remoteDeviceId);
          return (
            <section key={id} className="panel owl-stack" aria-label={name}>
              <h2 className="owl-title">{name}</h2>
              <ConflictView
                conflict={conflict}
                onResolve={resolve}
                {...(other === undefined ? {} : { otherDevice: deviceName(other) })}
              />
            </section>
          );
        })
      )}
    </Screen>
  );
}
