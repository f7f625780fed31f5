import { Button, TextField } from "@owlivion/sync-react";
import { useState } from "react";
import { useText } from "../i18n/text-provider.tsx";
import { passwordStrength } from "./password-strength.ts";

export interface PasswordFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly isNew?: boolean;
}

export function PasswordField({ label, value, onChange, isNew = false }: PasswordFieldProps) {
  const { text } = useText();
  const [isShown, setIsShown] = useState(false);
  const strength = passwordStrength(value);
  return (
    <TextField
      label={label}
      type={isShown ? "text" : "password"}
      autoComplete={isNew ? "new-password" : "current-password"}
      value={value}
      onChange={({ target }) => onChange(target.value)}
      hint={
        isNew ? (
          <span className="strength" data-strength={strength}>
            <span className="strength__bar" aria-hidden="true" />
            {text(`password.${strength}`)}
          </span>
        ) : undefined
      }
      extra={
        <Button look="quiet" aria-pressed={isShown} onClick={() => setIsShown(!isShown)}>
          {isShown ? text("password.hide") : text("password.show")}
        </Button>
      }
      required
    />
  );
}
