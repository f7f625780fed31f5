import { type ReactNode, useId } from "react";

export interface ChoiceProps<T extends string> {
  readonly legend: ReactNode;
  readonly value: T | null;
  readonly options: readonly { readonly value: T; readonly label: ReactNode; readonly hint?: ReactNode }[];
  readonly onChange: (value: T) => void;
}

/** One of several, as radio buttons: arrow keys go through them. */
export function Choice<T extends string>({ legend, value, options, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset className="owl-choice">
      <legend className="owl-field__label">{legend}</legend>
      {options.map((option) => (
        <label key={option.value} className="owl-choice__option">
          <input
            type="radio"
            className="owl-radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          <span>
            {option.label}
            {option.hint === undefined ? null : <span className="owl-field__hint owl-choice__hint">{option.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
