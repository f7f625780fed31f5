import type { EngineContext } from "../engine/engine-context.ts";
import { maxFollowedLeadMs } from "../merge/hybrid-clock.ts";
import type { Finding } from "./doctor-report.ts";

/** The order of edits never depends on this clock, but what it is wrong by is corrected, and a person may want to know. */
export function examineClock(context: EngineContext): Finding {
  const offsetMs = context.correctedNow() - context.ports.clock.now();
  const isFar = Math.abs(offsetMs) > maxFollowedLeadMs;
  const seconds = Math.round(Math.abs(offsetMs) / 1000);
  const summary =
    offsetMs === 0
      ? "The clock agrees with the server's, as far as is known."
      : `The clock is ${seconds} seconds ${offsetMs > 0 ? "behind" : "ahead of"} the server's; this is corrected.`;
  const state = offsetMs === 0 ? "ok" : "notice";
  return {
    checks: [{ name: "clock", dataType: null, state, summary, facts: { offsetMs } }],
    repairs: isFar
      ? [
          {
            problem: "The device's clock is wrong.",
            dataType: null,
            repair: "Set the clock, or let the network set it.",
          },
        ]
      : [],
  };
}
