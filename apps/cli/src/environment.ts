import { join, resolve } from "node:path";

type Variables = Readonly<Record<string, string | undefined>>;

/** The only place that reads `process.env`. An empty variable is one that is not set. */
export function readVariable(name: string, variables: Variables = process.env): string | undefined {
  const value = variables[name];
  return value === "" ? undefined : value;
}

/**
 * A path as it was typed. `npm run` changes to the workspace's folder before it runs a command, and tells where it was called
 * in INIT_CWD; a script of another package that calls the command inherits that, which then means nothing here.
 */
export function resolveTypedPath(
  path: string,
  folder: string = process.cwd(),
  variables: Variables = process.env,
): string {
  const { INIT_CWD: calledIn, npm_package_json: manifest } = variables;
  if (calledIn === undefined || manifest !== join(folder, "package.json")) return path;
  return calledIn === folder ? path : resolve(calledIn, path);
}
