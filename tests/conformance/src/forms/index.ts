import { type Case, type Cases, isUsual } from "../case.ts";
import { allCases } from "../cases/index.ts";
import { runCases, type RunResult } from "../run-cases.ts";
import { type DebianPostgres, startDebianPostgres } from "./debian-postgres.ts";
import { startPgBouncer } from "./pgbouncer.ts";
import { adminToken, closed, makeDataDir, type RunningServer, startServer, tight, wide } from "./server.ts";

const usual = allCases.filter(isUsual);
const special = allCases.filter((one) => !isUsual(one));
/** What is behind the server changes nothing for the slow ones. */
const fast = usual.filter(({ isSlow }) => !isSlow);

type Run = (name: string, servers: readonly RunningServer[], cases: Cases) => Promise<RunResult>;

/** The four forms in which our server must pass, one after the other. */
export async function runForms(wanted: ReadonlySet<string>, chosen: ReadonlySet<Case>): Promise<RunResult[]> {
  const runs: RunResult[] = [];
  const run: Run = (name, servers, cases) =>
    runCases({
      name,
      urls: servers.map(({ url }) => url),
      adminToken,
      cases: cases.filter((one) => chosen.has(one)),
    });
  if (wanted.has("embedded")) runs.push(...(await onEmbedded(run)));
  if (["postgres-15", "pgbouncer", "two-processes"].some((name) => wanted.has(name))) {
    const postgres = await startDebianPostgres();
    try {
      if (wanted.has("postgres-15")) runs.push(await onPostgres15(run, postgres));
      if (wanted.has("pgbouncer")) runs.push(await behindPgBouncer(run, postgres));
      if (wanted.has("two-processes")) runs.push(await withTwoProcesses(run, postgres));
    } finally {
      await postgres.stop();
    }
  }
  return runs;
}

/** PostgreSQL 18 as the server brings it; then again with the settings that some cases need. */
async function onEmbedded(run: Run): Promise<RunResult[]> {
  const data = makeDataDir();
  const on = async (name: string, settings: Readonly<Record<string, string>>, cases: Cases) => {
    const server = await startServer({ ...settings, OWLIVION_DATA_DIR: data.path });
    return await running([server], () => run(name, [server], cases));
  };
  try {
    return [
      await on("embedded", wide, usual),
      await on("default-limits", tight, special),
      await on("closed", { ...closed, ...wide }, special),
    ];
  } finally {
    data.remove();
  }
}

async function onPostgres15(run: Run, postgres: DebianPostgres): Promise<RunResult> {
  const DATABASE_URL = await postgres.createDatabase("postgres_15");
  const server = await startServer({ ...wide, DATABASE_URL });
  return await running([server], () => run("postgres-15", [server], fast));
}

async function behindPgBouncer(run: Run, postgres: DebianPostgres): Promise<RunResult> {
  const DATABASE_DIRECT_URL = await postgres.createDatabase("behind_pgbouncer");
  const bouncer = await startPgBouncer(postgres.port);
  try {
    const server = await startServer({
      ...wide,
      DATABASE_URL: bouncer.urlOf("behind_pgbouncer"),
      DATABASE_DIRECT_URL,
    });
    return await running([server], () => run("pgbouncer", [server], fast));
  } finally {
    await bouncer.stop();
  }
}

async function withTwoProcesses(run: Run, postgres: DebianPostgres): Promise<RunResult> {
  const DATABASE_URL = await postgres.createDatabase("two_processes");
  const servers = await Promise.all([1, 2].map(() => startServer({ ...wide, DATABASE_URL })));
  return await running(servers, () => run("two-processes", servers, fast));
}

async function running<T>(servers: readonly RunningServer[], work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}
