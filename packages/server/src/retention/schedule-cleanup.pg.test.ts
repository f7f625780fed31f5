import { afterEach, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../test/support/server.ts";
import { revealSecret } from "../config/secret.ts";

let server: TestServer;
afterEach(() => server.close());

const lastRun = async () =>
  (await server.pool.query<{ at: Date | null }>("select last_run_at as at from cleanup_state")).rows[0]!.at;

test("a server that listens cleans up on its schedule, and goes on after a run that failed", async () => {
  server = await startTestServer({ config: { cleanupSchedule: "* * * * * *" } });
  await server.pool.query("alter table cleanup_state rename to cleanup_state_away");
  await server.app.listen({ port: 0, host: "127.0.0.1" });
  const authorization = `Bearer ${revealSecret(server.context.secrets.adminToken!)}`;
  const metrics = async () => (await server.app.inject({ url: "/metrics", headers: { authorization } })).body;
  await expect.poll(metrics, { timeout: 10_000 }).toContain('owlivion_cleanup_runs_total{outcome="failed"}');
  await server.pool.query("alter table cleanup_state_away rename to cleanup_state");
  await expect.poll(lastRun, { timeout: 10_000 }).not.toBeNull();
  await expect.poll(metrics, { timeout: 10_000 }).toContain('owlivion_cleanup_runs_total{outcome="done"}');
});
