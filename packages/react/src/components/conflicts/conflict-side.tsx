import type { ConflictEntry } from "@owlivion/sync-client";
import { useId } from "react";
import { useWords } from "../../i18n/language-provider.tsx";
import { Button } from "../../primitives/button.tsx";
import { RecordFieldsView } from "../../primitives/record-fields-view.tsx";
import type { Side } from "./conflict-fields.ts";

export interface ConflictSideProps {
  readonly conflict: ConflictEntry;
  readonly side: Side;
  readonly fieldName: (field: string) => string;
  readonly isDisabled: boolean;
  readonly onTake: () => void;
}

/** One side of a conflict about a whole record, and what taking it does. */
export function ConflictSide({ conflict, side, fieldName, isDisabled, onTake }: ConflictSideProps) {
  const { text } = useWords();
  const id = useId();
  const { kind } = conflict;
  const fields = conflict[side];
  // Only where one side deleted does "nothing" mean a deletion; elsewhere it was not to be had.
  const isDeletion = fields === null && (kind === "fields" || kind === "edit_kept");
  return (
    <div role="group" className="owl-card owl-stack owl-stack--tight" aria-labelledby={id}>
      <p id={id} className="owl-field__label">
        {text(`conflict.${side}`)}
      </p>
      {fields === null ? (
        <p className="owl-muted">{text(isDeletion ? "conflict.isDeleted" : "conflict.isUnknown")}</p>
      ) : (
        <RecordFieldsView fields={fields} fieldName={fieldName} />
      )}
      <Button disabled={isDisabled} onClick={onTake} aria-describedby={id}>
        {text(isDeletion ? "conflict.choose.delete" : `conflict.choose.${kind}.${side}`)}
      </Button>
    </div>
  );
}
