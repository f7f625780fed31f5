/** SQL: a timestamptz as microseconds since 1970, which the driver gives as a number, exact until 2255. */
export const microsOf = (column: string): string => `(extract(epoch from ${column}) * 1000000)::float8`;

/** SQL: the timestamptz of a parameter in milliseconds. */
export const instantOf = (parameter: `$${number}`): string =>
  `to_timestamp(0) + ${parameter}::bigint * interval '1 millisecond'`;
