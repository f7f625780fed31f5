/** Milliseconds since 1970 of an HTTP date; NaN when it is none. */
export function readHttpDate(text: string | null): number {
  // oxlint-disable-next-line no-restricted-globals -- reading a date asks no clock
  return text === null ? Number.NaN : Date.parse(text);
}
