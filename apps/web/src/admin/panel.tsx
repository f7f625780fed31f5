import { type ReactNode, useId } from "react";

export interface PanelProps {
  readonly title: string;
  readonly error?: string | null;
  readonly children: ReactNode;
}

export function Panel({ title, error = null, children }: PanelProps) {
  const id = useId();
  return (
    <section className="panel owl-stack" aria-labelledby={id}>
      <h2 id={id} className="owl-title">
        {title}
      </h2>
      {error === null ? null : <p className="owl-field__error">{error}</p>}
      {children}
    </section>
  );
}

export interface TableProps<Row> {
  /** Names it for who does not see where it stands. */
  readonly label: string;
  readonly columns: readonly {
    readonly name: string;
    readonly isNumber?: boolean;
    readonly of: (row: Row) => ReactNode;
  }[];
  readonly rows: readonly Row[];
  readonly keyOf: (row: Row) => string;
  readonly empty: string;
}

export function Table<Row>({ label, columns, rows, keyOf, empty }: TableProps<Row>) {
  if (rows.length === 0) return <p className="owl-muted">{empty}</p>;
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={label}>
      <table>
        <thead>
          <tr>
            {columns.map(({ name, isNumber }) => (
              <th key={name} scope="col" className={isNumber === true ? "number" : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ name, isNumber, of }) => (
                <td key={name} className={isNumber === true ? "number" : undefined}>
                  {of(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Figures({ figures }: { readonly figures: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="figures">
      {figures.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

const numbers = new Intl.NumberFormat("en");
const moments = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

export const count = (value: number): string => numbers.format(value);
export const moment = (at: string | null): string => (at === null ? "never" : moments.format(new Date(at)));
