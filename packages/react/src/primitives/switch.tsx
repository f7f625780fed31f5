import { Switch as BaseSwitch } from "@base-ui/react/switch";

export interface SwitchProps {
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  /** The id of what names it. */
  readonly labelledBy: string;
  readonly describedBy?: string;
  readonly isDisabled?: boolean;
}

export function Switch({ isOn, onChange, labelledBy, describedBy, isDisabled = false }: SwitchProps) {
  return (
    <BaseSwitch.Root
      className="owl-switch"
      checked={isOn}
      disabled={isDisabled}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      onCheckedChange={(checked) => onChange(checked)}
    >
      <BaseSwitch.Thumb className="owl-switch__thumb" />
    </BaseSwitch.Root>
  );
}
