/** A timestamptz as the protocol writes it: RFC 3339 in UTC with six digits, whatever the session's time zone. */
export const instantSql = (expression: string): string =>
  `to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
