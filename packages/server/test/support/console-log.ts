import type { Log } from "../../src/log.ts";

/** Warnings and errors of the parts under test, where a person looks first. */
export const consoleLog: Log = {
  debug() {},
  info() {},
  warn: console.warn,
  error: console.error,
};
