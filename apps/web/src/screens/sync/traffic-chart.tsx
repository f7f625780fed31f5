import { useWords } from "@owlivion/sync-react";
import { useMemo } from "react";
import { Chart } from "../../charts/chart.tsx";
import { type SyncTraffic, sumTraffic } from "../../device/traffic-log.ts";
import { useText } from "../../i18n/text-provider.tsx";

export default function TrafficChart({ traffic }: { readonly traffic: readonly SyncTraffic[] }) {
  const { text } = useText();
  const words = useWords();
  const { sentBytes, receivedBytes } = sumTraffic(traffic, 0);
  const times = useMemo(() => traffic.map(({ atMs }) => atMs / 1000), [traffic]);
  const series = useMemo(
    () => [
      { label: text("sync.sent"), color: "--owl-accent", values: traffic.map(({ sentBytes }) => sentBytes) },
      {
        label: text("sync.received"),
        color: "--owl-warning",
        values: traffic.map(({ receivedBytes }) => receivedBytes),
      },
    ],
    [traffic, text],
  );
  const summary = text("sync.chart", {
    count: traffic.length,
    sent: words.bytes(sentBytes),
    received: words.bytes(receivedBytes),
  });
  return <Chart summary={summary} times={times} series={series} format={words.bytes} />;
}
