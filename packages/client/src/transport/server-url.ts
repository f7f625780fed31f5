import { SyncError } from "../errors.ts";

/**
 * The server's address as the base of every request, without a slash at its end. Secrets go there, so it must be https://;
 * http:// is for this machine alone. A path before `/api/v1` may be part of it.
 */
export function parseServerUrl(text: string): string {
  const url = URL.parse(text.trim());
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new SyncError("INSECURE_URL", { message: "The server's address must be an https:// address." });
  }
  if (url.protocol === "http:" && !isLoopback(url.hostname)) throw new SyncError("INSECURE_URL");
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new SyncError("INSECURE_URL", {
      message: "The server's address has no user name, password, query or fragment.",
    });
  }
  return url.origin + url.pathname.replace(/\/+$/, "");
}

/** Names and addresses that no other machine can have. WHATWG URLs have canonical hosts: `127.1` arrives as `127.0.0.1`. */
function isLoopback(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(host);
}
