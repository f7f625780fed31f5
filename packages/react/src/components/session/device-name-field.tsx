import { useWords } from "../../i18n/language-provider.tsx";
import { TextField } from "../../primitives/text-field.tsx";

export interface DeviceNameFieldProps {
  readonly value: string;
  readonly onChange: (name: string) => void;
}

/** As the server takes it. */
const maxDeviceNameChars = 100;

/** What the device is called in the list of devices. The server can read it, and says so. */
export function DeviceNameField({ value, onChange }: DeviceNameFieldProps) {
  const { text } = useWords();
  return (
    <TextField
      label={text("session.deviceName")}
      hint={text("session.deviceNameHint")}
      autoComplete="off"
      maxLength={maxDeviceNameChars}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

/** For the SDK's calls: an empty name is none. */
export function namedDevice(name: string): { readonly deviceName?: string } {
  const deviceName = name.trim();
  return deviceName === "" ? {} : { deviceName };
}
