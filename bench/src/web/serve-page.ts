import { once } from "node:events";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const page = `<!doctype html><meta charset="utf-8"><title>bench</title><script type="module" src="/page.js"></script>`;

/** Serves the page of the measurement, at an origin that the server must allow. */
export async function servePage(port: number): Promise<{ close(): void }> {
  const { outputFiles } = await build({
    entryPoints: { page: fileURLToPath(new URL("./download-page.ts", import.meta.url)) },
    bundle: true,
    splitting: true,
    minify: true,
    format: "esm",
    platform: "browser",
    conditions: ["@owlivion/source"],
    outdir: "/",
    write: false,
  });
  const scripts = new Map(outputFiles.map(({ path, text }) => [path, text]));
  const server = createServer((request, response) => {
    const script = scripts.get(request.url ?? "");
    response.setHeader("content-type", script === undefined ? "text/html" : "text/javascript");
    response.end(script ?? page);
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
