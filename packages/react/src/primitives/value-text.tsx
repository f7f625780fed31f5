import { useWords } from "../i18n/language-provider.tsx";
import { valueLines } from "../i18n/value-lines.ts";

/** A field's value, line by line. */
export function ValueText({ value }: { readonly value: unknown }) {
  const words = useWords();
  const lines = valueLines(words, value);
  if (lines.length === 0) return <span className="owl-muted owl-value--empty">{words.text("common.empty")}</span>;
  // Lines have no identity of their own, and are never moved.
  return (
    <span className="owl-value">
      {lines.map((line, i) => (
        // oxlint-disable-next-line react/no-array-index-key
        <span key={i} className="owl-value__line">
          {line}
        </span>
      ))}
    </span>
  );
}
