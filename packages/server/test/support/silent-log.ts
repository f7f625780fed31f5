import type { Log } from "../../src/log.ts";

/** For tests in which the parts are meant to complain. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {} };
