import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { Child, run } from "../world/child.ts";
import { freePort, type Scope } from "../world/scope.ts";
import { until } from "../world/until.ts";

const program = fileURLToPath(new URL("../../../../packages/server/src/cli/main.ts", import.meta.url));
const node = ["--conditions=@owlivion/source", "--no-warnings", program];

/** Stripped and compiled once, not at each start. */
const compileCache = join(tmpdir(), `owlivion-faults-compiled-${process.getuid?.() ?? 0}`);

export interface ServerOptions {
  /** Absent: the embedded PostgreSQL in the data directory. */
  readonly databaseUrl?: string;
  readonly dataDir?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

let made = 0;
export const adminToken = "admin token of the faults suite";

/** `owlivion-sync serve` in a process of its own, on one port through all its lives. */
export class Server {
  readonly url: string;
  readonly dataDir: string;
  readonly #env: Record<string, string>;
  #child: Child | null = null;

  private constructor(port: number, dataDir: string, options: ServerOptions) {
    this.url = `http://127.0.0.1:${port}`;
    this.dataDir = dataDir;
    this.#env = {
      PATH: process.env["PATH"] ?? "",
      NODE_COMPILE_CACHE: compileCache,
      PORT: String(port),
      OWLIVION_DATA_DIR: dataDir,
      DATA_TYPES: "notes,todos",
      RATE_LIMIT_SCALE: "100000",
      JWT_SECRET: "jwt secret of the faults suite, long enough",
      SERVER_SECRET: "server secret of the faults suite, long enough",
      ADMIN_TOKEN: adminToken,
      NO_COLOR: "1",
      ...(options.databaseUrl === undefined ? {} : { DATABASE_URL: options.databaseUrl }),
      ...options.settings,
    };
  }

  /** One that listens when this resolves. */
  static async start(scope: Scope, options: ServerOptions = {}): Promise<Server> {
    const server = await Server.prepare(scope, options);
    await server.start();
    return server;
  }

  static async prepare(scope: Scope, options: ServerOptions = {}): Promise<Server> {
    const dataDir = options.dataDir ?? join(scope.folder, `server-${++made}`);
    mkdirSync(dataDir, { recursive: true, mode: 0o711 });
    const server = new Server(await freePort(), dataDir, options);
    scope.defer(() => server.kill());
    return server;
  }

  get pid(): number | null {
    return this.#child?.isRunning === true ? this.#child.pid : null;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get output(): string {
    return this.#child?.output ?? "";
  }

  /** Answers how long it took until it listened, in milliseconds. */
  async start(settings: Readonly<Record<string, string>> = {}): Promise<number> {
    const child = new Child(process.execPath, [...node, "serve"], {
      cwd: this.dataDir,
      env: { ...this.#env, ...settings },
    });
    this.#child = child;
    return await until(
      "the server listens",
      () => {
        if (!child.isRunning) throw new Error(`the server ended while starting:\n${child.output}`);
        return child.output.includes("Owlivion Sync is ready");
      },
      { everyMs: 10 },
    );
  }

  /** kill -9. An embedded PostgreSQL is killed with it: its process is the server's child. */
  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  /** kill -9 of the server's process alone: PostgreSQL outlives it. */
  async killAlone(): Promise<void> {
    this.#child?.signal("SIGKILL");
    await this.#child?.exited;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.signal(signal);
  }

  get exited(): Promise<number | null> {
    return this.#child?.exited ?? Promise.resolve(null);
  }

  /** SIGTERM; answers the exit code. */
  async stop(): Promise<number | null> {
    this.signal("SIGTERM");
    return await this.exited;
  }

  /** Another command of the command line, with this server's settings. */
  async command(...args: readonly string[]): Promise<string> {
    return await run(process.execPath, [...node, ...args], { cwd: this.dataDir, env: this.#env });
  }
}

/** Fills the cache of compiled code: a process that is killed does not write it. */
export async function warmCompileCache(scope: Scope): Promise<void> {
  const server = await Server.start(scope);
  await server.stop();
}
