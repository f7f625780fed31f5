import { chownSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { childProcessOptions } from "../../../../packages/server/src/db/embedded/child-process.ts";
import { readPostmasterPid } from "../../../../packages/server/src/db/embedded/postmaster-pid.ts";
import { Child, descendantsOf, run } from "../world/child.ts";
import { freePort, type Scope } from "../world/scope.ts";
import { sleep, until } from "../world/until.ts";
import type { Programs } from "./programs.ts";

export interface ClusterOptions {
  readonly programs: Programs;
  readonly settings?: Readonly<Record<string, string>>;
  /** Where its files are; below the scope's folder when absent. */
  readonly folder?: string;
  /** Where its write-ahead log is, when apart. */
  readonly walFolder?: string;
}

export const databaseName = "owlivion";
const user = "owlivion";
let made = 0;

/** A PostgreSQL that a test starts, kills and promotes as it likes. fsync is on unless the settings say otherwise. */
export class Cluster {
  readonly folder: string;
  readonly port: number;
  readonly #programs: Programs;
  readonly #settings: Record<string, string>;
  #postmaster: Child | null = null;

  private constructor(folder: string, port: number, { programs, settings = {} }: ClusterOptions) {
    this.folder = folder;
    this.port = port;
    this.#programs = programs;
    this.#settings = { ...settings };
  }

  /** A new one, running, with an empty database. */
  static async create(scope: Scope, options: ClusterOptions): Promise<Cluster> {
    const cluster = await Cluster.#place(scope, options);
    const args = ["-D", cluster.folder, "-U", user, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
    if (options.walFolder !== undefined) {
      args.push("--waldir", options.walFolder);
      giveTo(options.programs.runAs, options.walFolder);
    }
    await run(join(options.programs.folder, "initdb"), args, childProcessOptions(options.programs.runAs));
    await cluster.start();
    await cluster.query(`create database ${databaseName}`, "postgres");
    return cluster;
  }

  /** A standby of `primary`, which it reaches by `port`; running when this resolves. */
  static async standbyOf(scope: Scope, port: number, name: string, options: ClusterOptions): Promise<Cluster> {
    const cluster = await Cluster.#place(scope, options);
    const source = `host=127.0.0.1 port=${port} user=${user} application_name=${name}`;
    const args = ["-D", cluster.folder, "-d", source, "-R", "-X", "stream", "-c", "fast", "--no-sync"];
    await run(join(options.programs.folder, "pg_basebackup"), args, childProcessOptions(options.programs.runAs));
    await cluster.start();
    return cluster;
  }

  static async #place(scope: Scope, options: ClusterOptions): Promise<Cluster> {
    const folder = options.folder ?? join(scope.folder, `cluster-${++made}`);
    giveTo(options.programs.runAs, folder);
    const cluster = new Cluster(folder, await freePort(), options);
    scope.defer(() => cluster.kill());
    return cluster;
  }

  get pid(): number | null {
    return this.#postmaster?.isRunning === true ? this.#postmaster.pid : null;
  }

  get output(): string {
    return this.#postmaster?.output ?? "";
  }

  url(port = this.port): string {
    return `postgres://${user}@127.0.0.1:${port}/${databaseName}`;
  }

  change(settings: Readonly<Record<string, string>>): void {
    Object.assign(this.#settings, settings);
  }

  /** Resolves when it takes connections. What a killed one left behind may keep it waiting. */
  async start(): Promise<void> {
    for (let triesLeft = 40; ; triesLeft--) {
      if (await this.#tryToStart()) return;
      if (triesLeft === 0) throw new Error(`PostgreSQL does not start:\n${this.output}`);
      await sleep(100);
    }
  }

  async #tryToStart(): Promise<boolean> {
    const settings = {
      listen_addresses: "127.0.0.1",
      port: String(this.port),
      unix_socket_directories: "",
      max_connections: "200",
      shared_buffers: "32MB",
      max_parallel_workers_per_gather: "0",
      ...this.#settings,
    };
    const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    const command = join(this.#programs.folder, "postgres");
    const child = new Child(command, ["-D", this.folder, ...args], childProcessOptions(this.#programs.runAs));
    this.#postmaster = child;
    while (child.isRunning) {
      const state = readPostmasterPid(this.folder);
      if (state?.pid === child.pid && state.status === "ready") return true;
      await sleep(15);
    }
    return false;
  }

  /** kill -9 of the postmaster and of all its children at once, as a power cut would. */
  async kill(): Promise<void> {
    const child = this.#postmaster;
    if (child === null || !child.isRunning) return;
    const all = descendantsOf(child.pid);
    await child.kill();
    await until("the backends are gone", () => all.every((pid) => !isAlive(pid)), { everyMs: 5 });
  }

  /** "fast" ends the sessions, "immediate" is a crash by request. */
  async stop(how: "fast" | "immediate" = "fast"): Promise<void> {
    this.#postmaster?.signal(how === "fast" ? "SIGINT" : "SIGQUIT");
    await this.#postmaster?.exited;
  }

  async promote(): Promise<void> {
    await this.query("select pg_promote(true, 60)", "postgres");
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  async query<Row extends pg.QueryResultRow>(
    sql: string,
    database = databaseName,
    values: unknown[] = [],
  ): Promise<Row[]> {
    const client = await this.connect(database);
    try {
      return (await client.query<Row>(sql, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** A session of the test's own. */
  async connect(database = databaseName): Promise<pg.Client> {
    const client = new pg.Client({ host: "127.0.0.1", port: this.port, user, database });
    client.on("error", () => {});
    await client.connect();
    return client;
  }
}

function giveTo(runAs: Programs["runAs"], folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (runAs !== null) chownSync(folder, runAs.uid, runAs.gid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
