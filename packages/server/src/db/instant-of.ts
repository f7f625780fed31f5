/** SQL: the timestamptz of a parameter that is milliseconds since 1970. */
export const instantOf = (parameter: `$${number}`): string =>
  `to_timestamp(0) + ${parameter}::bigint * interval '1 millisecond'`;
