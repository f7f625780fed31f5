/** Error codes that nobody can provoke from outside in a test's time, and why. Each is tested beside the server. */
export const beyondABlackBox: Readonly<Record<string, string>> = {
  TOKEN_EXPIRED: "an access token lives for 15 minutes",
  ACCOUNT_DISABLED: "the operator disables accounts at the server's command line",
  CURSOR_EXPIRED: "tombstones are kept for a day at least",
  HISTORY_EXPIRED: "history is kept for a day at least",
  NO_KEYS: "a sealed account always holds keys",
  INTERNAL_ERROR: "a defect",
  DATABASE_UNAVAILABLE: "the database has to be away",
  OVERLOADED: "depends on the size of the machine",
  SHUTTING_DOWN: "the server has to be stopping",
  STORAGE_FULL: "the disk has to be full",
};
