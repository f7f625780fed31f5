import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";

const version = "4.32.5";

export interface SchemathesisOptions {
  /** Where its Python environment is made once. */
  readonly cache: string;
  readonly document: string;
  readonly url: string;
  readonly token: string;
  readonly examples: number;
  readonly seed: string | null;
}

/** Its own checks, but those that ask for what a server may decide: to refuse what a schema cannot say, and to be gone. */
export async function runSchemathesis(options: SchemathesisOptions): Promise<boolean> {
  const program = install(options.cache);
  const { document, url, token, examples, seed } = options;
  const checks = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
  const args = ["run", document, "--url", url, "--header", `Authorization: Bearer ${token}`, "--checks", checks];
  args.push(
    "--max-examples",
    String(examples),
    "--phases",
    "examples,coverage,fuzzing",
    "--no-shrink",
    "--workers",
    "2",
  );
  // Streams do not end; these end the account or the session that the others need.
  args.push("--exclude-path-regex", "/(events|logout|metrics)$", "--exclude-path", "/api/v1/account");
  args.push("--suppress-health-check", "all", "--continue-on-failure", "--warnings", "off");
  if (seed !== null) args.push("--seed", seed);
  const { status } = spawnSync(program, args, { stdio: ["ignore", "inherit", "inherit"] });
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
