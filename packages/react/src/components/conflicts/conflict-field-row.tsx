import { useId } from "react";
import { useWords } from "../../i18n/language-provider.tsx";
import { ValueText } from "../../primitives/value-text.tsx";
import { type ConflictField, isEditable, type Pick, proposedSide, type Side, takenSides } from "./conflict-fields.ts";

export interface ConflictFieldRowProps {
  readonly field: ConflictField;
  readonly label: string;
  readonly pick: Pick | undefined;
  readonly onPick: (pick: Pick) => void;
}

const sides = ["local", "remote"] as const satisfies readonly Side[];

/** One field of a conflict: what it was, both sides as radio buttons, and a text of one's own where that makes sense. */
export function ConflictFieldRow({ field, label, pick, onPick }: ConflictFieldRowProps) {
  const { text } = useWords();
  const id = useId();
  const chosen = pick ?? { side: proposedSide(field) };
  const taken = takenSides(field);
  const isEdited = "edited" in chosen;
  const startText = isEdited ? chosen.edited : String(field[chosen.side] ?? "");
  return (
    <fieldset className="owl-conflict__field" aria-labelledby={`${id}-name`}>
      <div className="owl-conflict__name" id={`${id}-name`}>
        {label}
      </div>
      <div className="owl-conflict__cell">
        <span className="owl-conflict__side">{text("conflict.base")}</span>
        <ValueText value={field.base} />
      </div>
      {field.isClash ? (
        <>
          {sides.map((side) => (
            <label key={side} className="owl-conflict__cell owl-conflict__pick">
              <span className="owl-conflict__side">{text(`conflict.${side}`)}</span>
              <input
                type="radio"
                className="owl-radio"
                name={id}
                checked={!isEdited && chosen.side === side}
                onChange={() => onPick({ side })}
              />
              <ValueText value={field[side]} />
            </label>
          ))}
          {isEditable(field) ? (
            <div className="owl-conflict__own">
              <label className="owl-conflict__edit">
                <input
                  type="radio"
                  className="owl-radio"
                  name={id}
                  checked={isEdited}
                  onChange={() => onPick({ edited: startText })}
                />
                {text("conflict.edit")}
              </label>
              {isEdited ? (
                <textarea
                  className="owl-input"
                  rows={startText.includes("\n") ? 4 : 1}
                  aria-label={text("conflict.editOf", { field: label })}
                  value={chosen.edited}
                  onChange={(event) => onPick({ edited: event.target.value })}
                />
              ) : null}
            </div>
          ) : null}
        </>
      ) : (
        <>
          {sides.map((side) => (
            <div key={side} className="owl-conflict__cell">
              <span className="owl-conflict__side">{text(`conflict.${side}`)}</span>
              <ValueText value={field[side]} />
              {taken.includes(side) ? <span className="owl-tag owl-tag--muted">{text("conflict.taken")}</span> : null}
            </div>
          ))}
          {taken.length > 0 ? null : (
            <div className="owl-conflict__own owl-conflict__merged">
              <span className="owl-small">{text("conflict.merged")}</span>
              <ValueText value={field.proposed} />
            </div>
          )}
        </>
      )}
    </fieldset>
  );
}
