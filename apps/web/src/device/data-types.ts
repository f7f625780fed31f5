/** What this app shows, in the order in which it does. */
export const dataTypes = ["contacts", "accounts", "signatures", "preferences"] as const;
export type DataTypeName = (typeof dataTypes)[number];
