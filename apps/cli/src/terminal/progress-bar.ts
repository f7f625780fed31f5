import { SingleBar } from "cli-progress";
import { formatBytes } from "./print.ts";

export interface ProgressBar {
  /** @param total null: not known */
  show(label: string, value: number, total: number | null, bytes?: number): void;
  end(): void;
}

const noBar: ProgressBar = { show: () => {}, end: () => {} };

/** A bar on standard error, where somebody sees it; nothing when that is no terminal, or the output is for a script. */
export function openProgressBar(isJson: boolean): ProgressBar {
  if (isJson || process.stderr.isTTY !== true) return noBar;
  let bar: SingleBar | null = null;
  let label = "";
  const end = (): void => {
    bar?.stop();
    bar = null;
  };
  return {
    show(next, value, total, bytes) {
      if (next !== label) end();
      label = next;
      const extra = bytes === undefined ? "" : `  ${formatBytes(bytes)}`;
      // A total that is not known grows with what has come.
      const known = Math.max(total ?? 0, value, 1);
      if (bar === null) {
        bar = new SingleBar({
          format: "{label} [{bar}] {value}/{total}{extra}",
          stream: process.stderr,
          clearOnComplete: true,
          hideCursor: true,
          etaBuffer: 50,
          fps: 10,
          // Ours closes the store first.
          gracefulExit: false,
        });
        bar.start(known, value, { label, extra });
      } else {
        bar.setTotal(known);
        bar.update(value, { label, extra });
      }
    },
    end,
  };
}
