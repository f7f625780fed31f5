import { ValueText } from "./value-text.tsx";

export interface RecordFieldsViewProps {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly fieldName: (field: string) => string;
}

/** A record, field by field. */
export function RecordFieldsView({ fields, fieldName }: RecordFieldsViewProps) {
  return (
    <dl className="owl-fields">
      {Object.entries(fields).map(([name, value]) => (
        <div key={name} className="owl-fields__row">
          <dt>{fieldName(name)}</dt>
          <dd>
            <ValueText value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
