/** An instant as microseconds since 1970-01-01T00:00:00Z; exact in a double until the year 2255. */
export type Micros = number;

const pattern = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/;

/** Reads RFC 3339; null when it is not, or outside 1970 to 2255. Digits below a microsecond are dropped. */
export function parseInstant(text: string): Micros | null {
  const match = pattern.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction = "", zone = "Z"] = match;
  const date = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (new Date(date).getUTCDate() !== Number(day) || new Date(date).getUTCMonth() !== Number(month) - 1) return null;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  const offsetMinutes = zone.length === 1 ? 0 : Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  if (zone.length > 1 && (Number(zone.slice(1, 3)) > 23 || Number(zone.slice(4, 6)) > 59)) return null;
  const shiftedMinutes = zone.startsWith("-") ? offsetMinutes : -offsetMinutes;
  const seconds = date / 1000 + Number(hour) * 3600 + (Number(minute) + shiftedMinutes) * 60 + Number(second);
  const micros = seconds * 1_000_000 + Number(fraction.padEnd(6, "0").slice(0, 6));
  return micros >= 0 && micros <= Number.MAX_SAFE_INTEGER ? micros : null;
}

/** Writes RFC 3339 in UTC with six digits. */
export function formatInstant(micros: Micros): string {
  const wholeMs = Math.floor(micros / 1000);
  const text = new Date(wholeMs).toISOString();
  return `${text.slice(0, -1)}${String(micros - wholeMs * 1000).padStart(3, "0")}Z`;
}
