import type { Deletions, DeletionsView, WaitingRecord } from "@owlivion/sync-client";
import { useAction } from "../../hooks/use-action.ts";
import { useWords } from "../../i18n/language-provider.tsx";
import { type Names, useNames } from "../../i18n/use-names.ts";
import { Button } from "../../primitives/button.tsx";
import { ErrorNotice } from "../../primitives/error-notice.tsx";

export interface DeletionsReviewProps {
  readonly deletions: DeletionsView;
  readonly decide: Pick<Deletions, "confirm" | "undo" | "accept" | "reject" | "keep" | "forget">;
  readonly names?: Names;
  /** What a record is called; hidden ones have no name. */
  readonly titleOf?: (record: WaitingRecord) => string | undefined;
}

type Kind = "held" | "staged" | "unconfirmed";

interface Group {
  readonly kind: Kind;
  readonly dataType: string;
  readonly count: number;
  readonly records: readonly WaitingRecord[];
}

const shownRecords = 8;
/** What keeps the records, and what lets them go. */
const calls = { held: ["undo", "confirm"], staged: ["reject", "accept"], unconfirmed: ["keep", "forget"] } as const;

/** Deletions that are so many, or so odd, that a person decides. Nothing is lost before. */
export function DeletionsReview({ deletions, decide, names, titleOf }: DeletionsReviewProps) {
  const { text } = useWords();
  const own = useNames();
  const { typeName } = names ?? own;
  const { run, isRunning, error } = useAction((call: keyof DeletionsReviewProps["decide"], dataType: string) =>
    decide[call](dataType),
  );
  const groups = groupsOf(deletions);
  return (
    <div className="owl-scope owl-stack">
      <ErrorNotice error={error} />
      {groups.length === 0 ? <p className="owl-muted">{text("deletions.none")}</p> : null}
      {groups.map(({ kind, dataType, count, records }) => {
        const type = typeName(dataType);
        const titles = records
          .slice(0, shownRecords)
          .map((record) => ({ id: record.recordId, title: titleOf?.(record) }));
        const named = titles.filter(({ title }) => title !== undefined);
        const [keep, drop] = calls[kind];
        return (
          <section
            key={`${kind}/${dataType}`}
            className="owl-card owl-stack"
            aria-label={text(`deletions.${kind}`, { count, type })}
          >
            <h3 className="owl-title">{text(`deletions.${kind}`, { count, type })}</h3>
            <p className="owl-muted">{text(`deletions.${kind}Hint`)}</p>
            {named.length === 0 ? null : (
              <ul className="owl-row">
                {named.map(({ id, title }) => (
                  <li key={id} className="owl-tag owl-tag--muted">
                    {title}
                  </li>
                ))}
                {count > named.length ? (
                  <li className="owl-small owl-muted">{text("deletions.more", { count: count - named.length })}</li>
                ) : null}
              </ul>
            )}
            <div className="owl-row owl-row--end">
              <Button disabled={isRunning} onClick={() => void run(drop, dataType)}>
                {text(`deletions.${drop}`)}
              </Button>
              <Button look="primary" disabled={isRunning} onClick={() => void run(keep, dataType)}>
                {text(`deletions.${keep}`)}
              </Button>
            </div>
          </section>
        );
      })}
    </div>
  );
}

function groupsOf({ held, staged, unconfirmed }: DeletionsView): readonly Group[] {
  const byType = (kind: Kind, records: readonly WaitingRecord[]): readonly Group[] =>
    [...Map.groupBy(records, ({ dataType }) => dataType)].map(([dataType, records]) => ({
      kind,
      dataType,
      count: records.length,
      records,
    }));
  return [
    ...held.map(({ dataType, count }) => ({ kind: "held" as const, dataType, count, records: [] })),
    ...byType("staged", staged),
    ...byType("unconfirmed", unconfirmed),
  ];
}
