import type { Statistics } from "@owlivion/sync-client";
import { useNames, useWords } from "@owlivion/sync-react";
import { lazy, Suspense } from "react";
import { useText } from "../../i18n/text-provider.tsx";

const CostChart = lazy(() => import("./cost-chart.tsx"));

/** What syncing sent and received, and what it saved by carrying only changes. */
export function CostPanel({ statistics }: { readonly statistics: Statistics }) {
  const { text, number } = useText();
  const words = useWords();
  const { typeName } = useNames();
  const { total, dataTypes, days } = statistics;
  return (
    <section className="panel owl-stack" aria-labelledby="sync-cost">
      <h2 id="sync-cost" className="owl-title">
        {text("sync.traffic")}
      </h2>
      <dl className="figures">
        <div>
          <dt>{text("sync.sent")}</dt>
          <dd>{words.bytes(total.sentBytes)}</dd>
        </div>
        <div>
          <dt>{text("sync.received")}</dt>
          <dd>{words.bytes(total.receivedBytes)}</dd>
        </div>
        <div>
          <dt>{text("sync.saved")}</dt>
          <dd>{words.bytes(total.savedBytes)}</dd>
        </div>
      </dl>
      <p className="owl-small owl-muted">{text("sync.savedHint")}</p>
      {days.length === 0 ? null : (
        <Suspense fallback={<div className="chart chart--empty" />}>
          <CostChart days={days} />
        </Suspense>
      )}
      <div className="table-scroll" tabIndex={0} role="group" aria-label={text("sync.types")}>
        <table>
          <thead>
            <tr>
              <th scope="col">{text("sync.type")}</th>
              <th scope="col" className="number">
                {text("sync.records")}
              </th>
              <th scope="col" className="number">
                {text("sync.size")}
              </th>
              <th scope="col">{text("sync.last")}</th>
            </tr>
          </thead>
          <tbody>
            {dataTypes.map(({ dataType, records, bytes, lastSyncMs }) => (
              <tr key={dataType}>
                <th scope="row">{typeName(dataType)}</th>
                <td className="number">{number(records)}</td>
                <td className="number">{words.bytes(bytes)}</td>
                <td>{lastSyncMs === null ? words.text("common.never") : words.dates.moment(new Date(lastSyncMs))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
