import { Button, Notice, useDeletions, useSync, useSyncStatus, useWords } from "@owlivion/sync-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { type CollectionSize, measureCollections } from "../../device/account-bytes.ts";
import { dataTypes } from "../../device/data-types.ts";
import { readTraffic, sumTraffic } from "../../device/traffic-log.ts";
import { useText } from "../../i18n/text-provider.tsx";
import { Screen } from "../../shell/screen.tsx";
import { useTask } from "../../session/use-task.ts";
import { AttentionList } from "./attention-list.tsx";
import { SignInAgain } from "./sign-in-again.tsx";

const TrafficChart = lazy(() => import("./traffic-chart.tsx"));

export default function SyncScreen() {
  const { text, number } = useText();
  const words = useWords();
  const sync = useSync();
  const status = useSyncStatus();
  const deletions = useDeletions();
  const task = useTask();
  const [sizes, setSizes] = useState<readonly CollectionSize[]>([]);
  const [traffic, setTraffic] = useState(readTraffic);
  useEffect(() => {
    let isCurrent = true;
    setTraffic(readTraffic());
    void measureCollections(sync).then(
      (measured) => (isCurrent ? setSizes(measured) : undefined),
      () => {},
    );
    return () => {
      isCurrent = false;
    };
  }, [sync, status.lastSyncMs]);
  const when = (ms: number | null): string =>
    ms === null ? words.text("common.never") : words.dates.moment(new Date(ms));
  const accountBytes = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const { sentBytes, receivedBytes, fullBytes } = sumTraffic(traffic, accountBytes);
  const movedBytes = sentBytes + receivedBytes;
  const savedShare = fullBytes > movedBytes ? 1 - movedBytes / fullBytes : 0;

  return (
    <Screen
      title={text("screen.sync")}
      actions={
        <Button aria-disabled={task.isRunning} onClick={() => void task.run(async () => void (await sync.syncNow()))}>
          {words.text("status.syncNow")}
        </Button>
      }
    >
      <section className="panel owl-stack" aria-labelledby="sync-now">
        <h2 id="sync-now" className="owl-title">
          {text("sync.now")}
        </h2>
        <dl className="figures">
          <div>
            <dt>{text("sync.state")}</dt>
            <dd>{words.text(`status.${status.state}`)}</dd>
          </div>
          <div>
            <dt>{text("sync.waiting")}</dt>
            <dd data-testid="waiting">{number(status.waiting)}</dd>
          </div>
          <div>
            <dt>{text("sync.last")}</dt>
            <dd>{when(status.lastSyncMs)}</dd>
          </div>
        </dl>
        {status.state === "offline" ? (
          <Notice tone="info">
            <p>{words.text("status.kept")}</p>
            {status.retryAtMs === null ? null : (
              <p>{words.text("status.retryAt", { time: words.dates.time(new Date(status.retryAtMs)) })}</p>
            )}
          </Notice>
        ) : null}
        {status.state === "error" ? <SignInAgain message={status.error.message} /> : null}
        {task.error === null ? null : <Notice tone="danger">{task.error}</Notice>}
        <AttentionList attention={status.attention} deletions={deletions} />
      </section>
      <section className="panel owl-stack" aria-labelledby="sync-types">
        <h2 id="sync-types" className="owl-title">
          {text("sync.types")}
        </h2>
        <div className="table-scroll" tabIndex={0} role="region" aria-labelledby="sync-types">
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
              {dataTypes.map((dataType) => {
                const size = sizes.find((each) => each.dataType === dataType);
                return (
                  <tr key={dataType}>
                    <th scope="row">{words.text(`type.${dataType}`)}</th>
                    <td className="number">{number(size?.records ?? 0)}</td>
                    <td className="number">{words.bytes(size?.bytes ?? 0)}</td>
                    <td>{when(status.lastSyncMs)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      </section>
      <section className="panel owl-stack" aria-labelledby="sync-traffic">
        <h2 id="sync-traffic" className="owl-title">
          {text("sync.traffic")}
        </h2>
        <dl className="figures">
          <div>
            <dt>{text("sync.sent")}</dt>
            <dd>{words.bytes(sentBytes)}</dd>
          </div>
          <div>
            <dt>{text("sync.received")}</dt>
            <dd>{words.bytes(receivedBytes)}</dd>
          </div>
          <div>
            <dt>{text("sync.saved")}</dt>
            <dd>{number(savedShare, { style: "percent", maximumFractionDigits: 1 })}</dd>
          </div>
        </dl>
        <p className="owl-small owl-muted">{text("sync.savedHint", { count: traffic.length })}</p>
        {traffic.length === 0 ? null : (
          <Suspense fallback={<div className="chart chart--empty" />}>
            <TrafficChart traffic={traffic} />
          </Suspense>
        )}
      </section>
    </Screen>
  );
}
