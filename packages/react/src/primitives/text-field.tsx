import { type ComponentProps, type ReactNode, useId } from "react";

export interface TextFieldProps extends Omit<ComponentProps<"input">, "id" | "aria-describedby" | "aria-invalid"> {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly error?: string | null;
  /** Beside the input, such as a button. */
  readonly extra?: ReactNode;
}

/** A labelled input; what is wrong with it is said where it is and told to screen readers. */
export function TextField({ label, hint, error = null, extra, className, ...props }: TextFieldProps) {
  const id = useId();
  const described = [hint === undefined ? null : `${id}-hint`, error === null ? null : `${id}-error`];
  const input = (
    <input
      {...props}
      id={id}
      className={["owl-input", className].filter(Boolean).join(" ")}
      aria-invalid={error === null ? undefined : true}
      aria-describedby={described.filter((each) => each !== null).join(" ") || undefined}
    />
  );
  return (
    <div className="owl-field">
      <label className="owl-field__label" htmlFor={id}>
        {label}
      </label>
      {extra === undefined ? (
        input
      ) : (
        <div className="owl-input__group">
          {input}
          {extra}
        </div>
      )}
      {hint === undefined ? null : (
        <div id={`${id}-hint`} className="owl-field__hint">
          {hint}
        </div>
      )}
      {error === null ? null : (
        <div id={`${id}-error`} className="owl-field__error" role="alert">
          {error}
        </div>
      )}
    </div>
  );
}
