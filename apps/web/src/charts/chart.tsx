import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";

export interface Series {
  readonly label: string;
  /** A custom property of the page: `--owl-accent`. */
  readonly color: string;
  readonly values: readonly (number | null)[];
  readonly isBars?: boolean;
}

export interface ChartProps {
  /** Says in words what the chart shows, for who does not see it. */
  readonly summary: string;
  /** Seconds since 1970. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  readonly heightPx?: number;
}

/** A small chart of values over time. It follows the width of its place and the colours of the page. */
export function Chart({ summary, times, series, format, heightPx = 160 }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const draw = (): uPlot => {
      const style = getComputedStyle(element);
      const color = (name: string): string => {
        // `light-dark()` is resolved by a property that is a colour.
        element.style.outlineColor = `var(${name})`;
        return getComputedStyle(element).outlineColor;
      };
      const text = color("--owl-text-muted");
      const grid = color("--owl-border");
      const font = `12px ${style.fontFamily}`;
      const axis = { stroke: text, font, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
      return new uPlot(
        {
          width: Math.max(200, element.clientWidth),
          height: heightPx,
          cursor: { show: false },
          legend: { show: false },
          scales: { y: { range: (_, __, max) => [0, Math.max(max * 1.1, 1)] } },
          axes: [axis, { ...axis, size: 64, values: (_, ticks) => ticks.map(format) }],
          series: [
            {},
            ...series.map(({ label, color: name, isBars = false }) => ({
              label,
              stroke: color(name),
              width: 2,
              points: { show: times.length === 1 },
              ...(isBars
                ? { fill: color(name), paths: uPlot.paths.bars!({ size: [0.7, 24] }), points: { show: false } }
                : {}),
            })),
          ],
        },
        [[...times], ...series.map(({ values }) => [...values])],
        element,
      );
    };
    let chart = draw();
    const again = (): void => {
      chart.destroy();
      chart = draw();
    };
    const watch = new ResizeObserver(([entry]) => {
      const width = Math.round(entry?.contentRect.width ?? 0);
      if (width > 0 && width !== chart.width) chart.setSize({ width, height: heightPx });
    });
    watch.observe(element);
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", again);
    return () => {
      watch.disconnect();
      dark.removeEventListener("change", again);
      chart.destroy();
    };
  }, [times, series, format, heightPx]);
  return (
    <figure className="chart">
      <div ref={place} role="img" aria-label={summary} />
      {series.length < 2 ? null : (
        <figcaption className="chart__legend owl-small">
          {series.map(({ label, color }) => (
            <span key={label}>
              <svg viewBox="0 0 10 10" aria-hidden="true">
                <circle cx="5" cy="5" r="5" style={{ fill: `var(${color})` }} />
              </svg>
              {label}
            </span>
          ))}
        </figcaption>
      )}
    </figure>
  );
}
