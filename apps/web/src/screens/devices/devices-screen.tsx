import type { RemoteDevice } from "@owlivion/sync-client";
import { AlertDialog, Button, Notice, useDevices, useWords } from "@owlivion/sync-react";
import { useState } from "react";
import { useErrorText } from "../../i18n/error-text.ts";
import { useText } from "../../i18n/text-provider.tsx";
import { Screen } from "../../shell/screen.tsx";
import { PasswordField } from "../../session/password-field.tsx";
import { useTask } from "../../session/use-task.ts";

export default function DevicesScreen() {
  const { text } = useText();
  const words = useWords();
  const errorText = useErrorText();
  const { value: devices, error, revoke, refresh } = useDevices();
  const task = useTask();
  const [chosen, setChosen] = useState<RemoteDevice | null>(null);
  const [password, setPassword] = useState("");
  const nameOf = ({ deviceName, platform }: RemoteDevice): string => deviceName ?? platform;
  const when = (at: string | null): string =>
    at === null ? words.text("common.never") : words.dates.relative(new Date(at), new Date());
  const close = (): void => {
    setChosen(null);
    setPassword("");
  };
  const confirm = async (device: RemoteDevice): Promise<void> => {
    if (await task.run(() => revoke(device.deviceId, password))) close();
  };
  return (
    <Screen
      title={text("screen.devices")}
      lead={text("devices.lead")}
      actions={<Button onClick={() => void refresh()}>{text("devices.refresh")}</Button>}
    >
      {error === null ? null : <Notice tone="warning">{errorText(error)}</Notice>}
      <ul className="cards">
        {devices
          ?.filter(({ isActive }) => isActive)
          .map((device) => (
            <li key={device.deviceId} className="panel card">
              <div>
                <h2 className="owl-title">
                  {nameOf(device)} {device.isCurrent ? <span className="tag">{text("devices.this")}</span> : null}
                </h2>
                <p className="owl-small owl-muted">
                  {text("devices.times", {
                    seen: when(device.lastSeenAt),
                    since: words.dates.day(new Date(device.createdAt)),
                  })}
                </p>
              </div>
              {device.isCurrent ? null : (
                <Button
                  onClick={() => setChosen(device)}
                  aria-label={text("devices.revokeNamed", { name: nameOf(device) })}
                >
                  {text("devices.revoke")}
                </Button>
              )}
            </li>
          ))}
      </ul>
      <AlertDialog
        isOpen={chosen !== null}
        onClose={close}
        title={text("devices.revokeTitle", { name: chosen === null ? "" : nameOf(chosen) })}
        description={text("devices.revokeText")}
        actions={
          <Button
            look="danger"
            aria-disabled={task.isRunning}
            onClick={() => (chosen === null ? undefined : void confirm(chosen))}
          >
            {task.isRunning ? text("form.working") : text("devices.revoke")}
          </Button>
        }
      >
        {task.error === null ? null : <Notice tone="danger">{task.error}</Notice>}
        <PasswordField label={text("field.password")} value={password} onChange={setPassword} />
      </AlertDialog>
    </Screen>
  );
}
