import { useText } from "../../i18n/text-provider.tsx";
import { Screen } from "../../shell/screen.tsx";
import { DeleteAccount } from "./delete-account.tsx";
import { ExportData } from "./export-data.tsx";
import { LeaveDevice } from "./leave-device.tsx";
import { NewPassword } from "./new-password.tsx";
import { NewRecoveryKey } from "./new-recovery-key.tsx";

export default function SecurityScreen() {
  const { text } = useText();
  return (
    <Screen title={text("screen.security")}>
      <NewPassword />
      <NewRecoveryKey />
      <ExportData />
      <LeaveDevice />
      <DeleteAccount />
    </Screen>
  );
}
