import { expect, test } from "vitest";
import { judgeClock } from "./check-clock.ts";

const now = Date.UTC(2026, 5, 1);
const day = 86_400_000;
const calm = { now_ms: now, newest_change_ms: now - 1000, last_cleanup_ms: now - 1000, suspect: false };

test.each([
  ["all is well", {}, []],
  ["the clocks differ", { now_ms: now + 5000, newest_change_ms: now }, [["warn", "clock"]]],
  ["nothing was ever synced", { newest_change_ms: null }, []],
  ["the newest change is in the future", { newest_change_ms: now + day }, [["fail", "clock"]]],
  ["cleanup waits for an operator", { suspect: true }, [["warn", "cleanup"]]],
  ["cleanup has never run", { last_cleanup_ms: null }, [["warn", "cleanup"]]],
  ["cleanup has not run for days", { last_cleanup_ms: now - 3 * day }, [["warn", "cleanup"]]],
])("%s", (_case, change, expected) => {
  const found = judgeClock({ ...calm, ...change }, now).filter(({ level }) => level !== "ok");
  expect(found.map(({ level, check }) => [level, check])).toEqual(expected);
});
