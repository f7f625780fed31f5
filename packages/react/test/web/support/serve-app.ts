import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { onTestFinished } from "vitest";

export interface ServedApp {
  readonly origin: string;
  /** Its policy lets it call this origin too, from the next page on. */
  allowConnections(to: string): void;
}

const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>test</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="stylesheet" href="/styles.css"></head>
<body><div id="gallery"></div><script type="module" src="/page.js"></script></body></html>`;

/**
 * Serves one page with the package's styles, built as an app builds it, at an origin of its own, and under the policy that the
 * package promises to work with: no inline script or style, no eval, no sink that takes text.
 */
export async function serveApp(entry: string): Promise<ServedApp> {
  const root = new URL("../../../", import.meta.url);
  const path = (file: string) => fileURLToPath(new URL(file, root));
  const scripts = await build({
    bundle: true,
    write: false,
    outdir: "/",
    logLevel: "silent",
    conditions: ["@owlivion/source"],
    entryPoints: { page: path(entry) },
    splitting: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    jsx: "automatic",
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const styles = await build({
    bundle: true,
    write: false,
    logLevel: "silent",
    stdin: {
      contents: `@import "./src/styles/index.css"; @import "./gallery/gallery.css";`,
      loader: "css",
      resolveDir: path("."),
    },
  });
  const files = new Map(scripts.outputFiles.map(({ path, text }) => [path, text]));
  const connections = ["'self'"];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const script = files.get(pathname);
    response.setHeader("content-security-policy", contentSecurityPolicy(connections));
    response.setHeader(
      "content-type",
      script !== undefined ? "text/javascript" : pathname === "/styles.css" ? "text/css" : "text/html",
    );
    response.end(script ?? (pathname === "/styles.css" ? styles.outputFiles[0]!.text : page));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  return { origin, allowConnections: (to) => void connections.push(to) };
}

const contentSecurityPolicy = (connections: readonly string[]): string =>
  [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "style-src 'self'",
    `connect-src ${connections.join(" ")}`,
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join("; ");
