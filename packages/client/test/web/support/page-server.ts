import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { onTestFinished } from "vitest";
import type { AtEnd } from "./browser.ts";

export interface ServedPage {
  readonly url: string;
  readonly origin: string;
  /** Its policy lets it call this origin too, from the next page on. */
  allowConnections(to: string): void;
}

const page = `<!doctype html><meta charset="utf-8"><title>test</title><script type="module" src="/page.js"></script>`;

/** Serves a page that runs one file of `pages/`, or one named by its whole path, at an origin of its own; ends with the test. */
export async function servePage(
  file: string,
  plugins: readonly Plugin[] = [],
  atEnd: AtEnd = onTestFinished,
): Promise<ServedPage> {
  const files = await bundle(file, plugins);
  const connections = ["'self'"];
  const server = createServer((request, response) => {
    const script = files.get(request.url ?? "");
    const isPage = request.url === "/";
    response.setHeader("content-security-policy", contentSecurityPolicy(connections));
    response.setHeader("content-type", isPage ? "text/html" : "text/javascript");
    if (isPage || script !== undefined) response.end(isPage ? page : script);
    else response.writeHead(request.url === "/favicon.ico" ? 204 : 404).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  // By name, since a browser trusts localhost like https.
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return { url: `${origin}/`, origin, allowConnections: (to) => void connections.push(to) };
}

/** What the web app is served with. */
function contentSecurityPolicy(connections: readonly string[]): string {
  return `default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; connect-src ${connections.join(" ")}`;
}

const bundles = new Map<string, Promise<ReadonlyMap<string, string>>>();

/** In modules, as an app has it: what is loaded late is loaded late here too. */
function bundle(file: string, plugins: readonly Plugin[]): Promise<ReadonlyMap<string, string>> {
  const known = bundles.get(file);
  if (known !== undefined) return known;
  const made = build({
    entryPoints: { page: resolve(fileURLToPath(new URL("../pages/", import.meta.url)), file) },
    bundle: true,
    splitting: true,
    write: false,
    outdir: "/",
    format: "esm",
    platform: "browser",
    target: "es2022",
    conditions: ["@owlivion/source"],
    sourcemap: "inline",
    logLevel: "silent",
    plugins: [...plugins],
  }).then(({ outputFiles }) => new Map(outputFiles.map(({ path, text }) => [path, text])));
  bundles.set(file, made);
  return made;
}
