import { expect, test } from "vitest";
import { parsePostmasterPid } from "./postmaster-pid.ts";

const running = "4711\n/data/postgres\n1795358277\n5432\n/tmp/owlivion-sync-x\n\n  1234567  65536\nready   \n";

test("a running PostgreSQL", () => {
  expect(parsePostmasterPid(running)).toEqual({
    pid: 4711,
    port: 5432,
    socketDir: "/tmp/owlivion-sync-x",
    status: "ready",
  });
});

test("one that has just begun to start", () => {
  expect(parsePostmasterPid(running.split("\n").slice(0, 3).join("\n"))).toEqual({ pid: 4711 });
});

test.each(["", "\n", "pid\n", "-5\n"])("%j is none", (text) => {
  expect(parsePostmasterPid(text)).toBeNull();
});
