import { spawn, spawnSync, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const version = "4.32.5";

export interface SchemathesisOptions {
  /** Where its Python environment is made once. */
  readonly cache: string;
  readonly document: string;
  readonly url: string;
  readonly token: string;
  /** Of these paths alone. */
  readonly paths: RegExp;
  readonly examples: number;
  readonly seed: string | null;
}

const checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
/** Streams do not end; these end the account or the session that the others need. */
const left = ["--exclude-path-regex", "/(events|logout)$", "--exclude-path", "/api/v1/account"];
/**
 * Each limit, one thing broken at a time, then chance; one request at a time. Not shrunk: it prints the request. Examples it can do
 * in JSON alone, and says so as an error.
 */
const bounds = ["--phases", "coverage,fuzzing", "--no-shrink", "--workers", "1", "--request-timeout", "60"];
const quiet = ["--suppress-health-check", "all", "--continue-on-failure", "--warnings", "off", "--no-color"];
/** An access token's life. */
const longestMs = 15 * 60_000;

/** Its own checks, but those that ask for what a server may decide: to refuse what a schema cannot say, and to be gone. */
export async function runSchemathesis(options: SchemathesisOptions): Promise<boolean> {
  const { cache, document, url, token, paths, examples, seed } = options;
  const program = install(cache);
  const args = ["run", document, "--url", url, "--header", `Authorization: Bearer ${token}`, "--checks", checks];
  args.push("--include-path-regex", paths.source, ...left, "--max-examples", String(examples), ...bounds, ...quiet);
  args.push("--generation-database", "none", ...(seed === null ? [] : ["--seed", seed]));
  // It leaves a folder where it runs.
  const stdio: StdioOptions = ["ignore", "inherit", "inherit"];
  const child = spawn(program, args, { cwd: cache, stdio, timeout: longestMs });
  const [status] = (await once(child, "exit")) as [number | null];
  if (status === null)
    console.log(`schemathesis was not done with ${paths.source} after ${longestMs / 60_000} minutes`);
  return status === 0;
}

function install(cache: string): string {
  const dir = join(cache, `schemathesis-${version}`);
  const program = join(dir, "bin", "schemathesis");
  if (existsSync(program)) return program;
  mkdirSync(cache, { recursive: true });
  run("python3", ["-m", "venv", dir]);
  run(join(dir, "bin", "pip"), ["install", "--quiet", `schemathesis==${version}`]);
  return program;
}

function run(command: string, args: readonly string[]): void {
  const { status } = spawnSync(command, args, { stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}`);
}
