import { DeviceList, useDevices } from "@owlivion/sync-react";
import { useText } from "../../i18n/text-provider.tsx";
import { Screen } from "../../shell/screen.tsx";

export default function DevicesScreen() {
  const { text } = useText();
  const { value, error, revoke, refresh } = useDevices();
  return (
    <Screen title={text("screen.devices")} lead={text("devices.lead")}>
      <div className="panel">
        <DeviceList devices={value} error={error} now={new Date()} onRevoke={revoke} onRefresh={() => void refresh()} />
      </div>
    </Screen>
  );
}
