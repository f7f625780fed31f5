import type { Statistics } from "@owlivion/sync-client";
import { useWords } from "@owlivion/sync-react";
import { useMemo } from "react";
import { Chart } from "../../charts/chart.tsx";
import { useText } from "../../i18n/text-provider.tsx";

const daySeconds = 86_400;
const daysShown = 14;

/** The last two weeks, a day without traffic as such. */
export default function CostChart({ days }: { readonly days: Statistics["days"] }) {
  const { text } = useText();
  const words = useWords();
  const { times, series, summary } = useMemo(() => {
    const byDay = new Map(days.map((day) => [Date.parse(day.day) / 1000, day]));
    const last = Math.max(...byDay.keys());
    const times = Array.from({ length: daysShown }, (_, i) => last - (daysShown - 1 - i) * daySeconds);
    const of = (name: "sentBytes" | "receivedBytes" | "savedBytes") =>
      times.map((time) => byDay.get(time)?.[name] ?? 0);
    const sum = (values: readonly number[]): string => words.bytes(values.reduce((total, value) => total + value, 0));
    return {
      times,
      series: [
        { label: text("sync.saved"), color: "--owl-good", values: of("savedBytes"), isBars: true },
        { label: text("sync.received"), color: "--owl-warning", values: of("receivedBytes") },
        { label: text("sync.sent"), color: "--owl-accent", values: of("sentBytes") },
      ],
      summary: text("sync.chart", {
        sent: sum(of("sentBytes")),
        received: sum(of("receivedBytes")),
        saved: sum(of("savedBytes")),
      }),
    };
  }, [days, text, words]);
  return <Chart summary={summary} times={times} series={series} format={words.bytes} />;
}
