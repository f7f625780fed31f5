/** Dates and spans of time as a language writes them. */
export interface Dates {
  /** "22 Nov 2026, 20:43" */
  moment(at: Date): string;
  /** With seconds, where two moments of a minute are told apart. */
  exact(at: Date): string;
  day(at: Date): string;
  time(at: Date): string;
  /** "5 minutes ago", "in 3 seconds" */
  relative(at: Date, now: Date): string;
}

const steps = [
  ["second", 60],
  ["minute", 60],
  ["hour", 24],
  ["day", 30],
  ["month", 12],
] as const;

export function createDates(locale: string): Dates {
  const moments = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const exacts = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "medium" });
  const days = new Intl.DateTimeFormat(locale, { dateStyle: "long" });
  const times = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
  const spans = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  return {
    moment: (at) => moments.format(at),
    exact: (at) => exacts.format(at),
    day: (at) => days.format(at),
    time: (at) => times.format(at),
    relative(at, now) {
      let amount = Math.trunc((at.getTime() - now.getTime()) / 1000);
      for (const [unit, next] of steps) {
        if (Math.abs(amount) < next) return spans.format(amount, unit);
        amount = Math.trunc(amount / next);
      }
      return spans.format(amount, "year");
    },
  };
}
