import { type Clock, systemClock } from "../../src/ports.ts";

/** The system's clock, by which waiting before a retry takes no time; timeouts take theirs. */
export const impatientClock: Clock = {
  now: () => systemClock.now(),
  schedule: (ms, callback) => systemClock.schedule(ms < 4_000 ? 0 : ms, callback),
};
