import { useWords } from "../../i18n/language-provider.tsx";
import type { Names } from "../../i18n/use-names.ts";
import { ValueText } from "../../primitives/value-text.tsx";

export interface Difference {
  readonly field: string;
  readonly before: unknown;
  readonly after: unknown;
}

export interface DifferenceViewProps {
  readonly differences: readonly Difference[];
  readonly names: Names;
}

/** What changed, field by field; by words as well as by colour. */
export function DifferenceView({ differences, names }: DifferenceViewProps) {
  const { text } = useWords();
  if (differences.length === 0) return null;
  return (
    <dl className="owl-diff">
      {differences.map(({ field, before, after }) => (
        <div key={field} className="owl-diff__row">
          <dt>{names.fieldName(field)}</dt>
          <dd>
            {before === undefined || before === null ? null : (
              <del className="owl-diff__before">
                <span className="owl-hidden">{text("diff.before")} </span>
                <ValueText value={before} />
              </del>
            )}
            {after === undefined || after === null ? null : (
              <ins className="owl-diff__after">
                <span className="owl-hidden">{text("diff.after")} </span>
                <ValueText value={after} />
              </ins>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
