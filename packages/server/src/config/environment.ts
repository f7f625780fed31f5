import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { errorCode } from "../error-code.ts";
import { explainFileError } from "../explain-file-error.ts";

/** Variables and where each came from. The only place that reads `process.env`. */
export type Environment = {
  values: Readonly<Record<string, string | undefined>>;
  /** What `.env` has, settings or not. */
  namesInFile: readonly string[];
  sourceOf(name: string): "environment" | ".env" | "default";
};

/** The process's variables, and beneath them those of a `.env` file in the working directory. */
export function readEnvironment(
  folder: string = process.cwd(),
  variables: Readonly<Record<string, string | undefined>> = process.env,
): Environment {
  const file = readEnvFile(join(folder, ".env"));
  return {
    values: { ...file, ...withoutEmpty(variables) },
    namesInFile: Object.keys(file),
    sourceOf(name) {
      if (variables[name]) return "environment";
      return file[name] ? ".env" : "default";
    },
  };
}

/**
 * A path as the operator typed it. `npm run` changes to the package's folder before it runs a command, and tells where it
 * was called in INIT_CWD; a script of another package that calls the command inherits that, which then means nothing here.
 */
export function resolveTypedPath(
  path: string,
  folder: string = process.cwd(),
  variables: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const { INIT_CWD: calledIn, npm_package_json: manifest } = variables;
  if (calledIn === undefined || manifest !== join(folder, "package.json")) return path;
  return calledIn === folder ? path : resolve(calledIn, path);
}

function readEnvFile(path: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(path, "utf8"));
  } catch (error) {
    if (errorCode(error) === "ENOENT") return {};
    throw explainFileError(error, `${path} cannot be read`);
  }
}

/** An empty variable is unset, so it does not hide the file's. */
function withoutEmpty(variables: Readonly<Record<string, string | undefined>>): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
}
