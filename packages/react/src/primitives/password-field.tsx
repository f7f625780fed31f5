import { useState } from "react";
import { useWords } from "../i18n/language-provider.tsx";
import { Button } from "./button.tsx";
import { TextField, type TextFieldProps } from "./text-field.tsx";

export interface PasswordFieldProps extends Omit<TextFieldProps, "type" | "extra" | "autoComplete"> {
  readonly autoComplete: "current-password" | "new-password";
}

/** A password that can be looked at. It may be pasted, and a password manager may fill it in. */
export function PasswordField(props: PasswordFieldProps) {
  const { text } = useWords();
  const [isShown, setIsShown] = useState(false);
  return (
    <TextField
      {...props}
      type={isShown ? "text" : "password"}
      spellCheck={false}
      autoCapitalize="none"
      extra={
        <Button aria-pressed={isShown} onClick={() => setIsShown(!isShown)}>
          {text(isShown ? "common.hide" : "common.show")}
          <span className="owl-hidden">{text("password.label")}</span>
        </Button>
      }
    />
  );
}
