/** The first word of every path that is not the web app's. */
const reserved = new Set(["api", "health", "metrics", "docs"]);

/**
 * What the page may do: run our scripts and Argon2's WebAssembly, call this server, show pictures that it has itself. Nothing is
 * loaded from elsewhere, no text becomes script or markup but through the two named policies.
 */
export const webAppPolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types dompurify owlivion",
].join("; ");

/**
 * Whether a path that is no file is a screen of the app: the page itself then decides what to show. The first page is for whoever
 * does not say what he wants, too: `curl` shows that something is there.
 */
export function isScreen(path: string, accept: string | undefined): boolean {
  const [first = "", ...rest] = path.slice(1).split("/");
  const last = rest.at(-1) ?? first;
  if (reserved.has(first.toLowerCase()) || last.includes(".")) return false;
  return (accept ?? "").includes("text/html") || (path === "/" && (accept ?? "*/*").includes("*/*"));
}

/** Files under `assets/` have a hash of their content in their name; the others are asked for again. */
export const cacheControlOf = (path: string): string =>
  path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
