import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../test/support/server.ts";
import { webAppPolicy } from "./web-app-policy.ts";

const page = "<!doctype html><title>the app</title>";
const script = `${"// a script\n".repeat(200)}`;
const folder = mkdtempSync(join(tmpdir(), "web-app-"));
let server: TestServer;
beforeAll(async () => {
  mkdirSync(join(folder, "assets"));
  writeFileSync(join(folder, "index.html"), page);
  writeFileSync(join(folder, "assets/index-abc123.js"), script);
  writeFileSync(join(folder, "assets/index-abc123.js.gz"), gzipSync(script));
  writeFileSync(join(folder, "service-worker.js"), "// worker");
  server = await startTestServer({ webAppDir: folder });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const get = (url: string, headers: Record<string, string> = { accept: "text/html,*/*" }) =>
  server.app.inject({ method: "GET", url, headers });

test.each(["/", "/contacts", "/contacts/some-id", "/admin", "/sign-in?from=mail"])("%s is the page", async (url) => {
  const reply = await get(url);
  expect(reply.statusCode).toBe(200);
  expect(reply.body).toBe(page);
  expect(reply.headers).toMatchObject({
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-cache",
    "content-security-policy": webAppPolicy,
    "x-content-type-options": "nosniff",
  });
});

test("files with a hash in their name are kept for good, and sent as they were compressed", async () => {
  const plain = await get("/assets/index-abc123.js", {});
  expect(plain.body).toBe(script);
  expect(plain.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  const reply = await get("/assets/index-abc123.js", { "accept-encoding": "gzip" });
  expect(reply.headers["content-encoding"]).toBe("gzip");
  expect(gunzipSync(reply.rawPayload).toString()).toBe(script);
});

test("the service worker is asked for again each time", async () => {
  expect((await get("/service-worker.js", {})).headers["cache-control"]).toBe("no-cache");
});

test.each([
  "/api/v1/nothing",
  "/api/v1/auth/login",
  "/api/v1/admin/nothing",
  "/health/nothing",
  "/docs/nothing.html",
  "/assets/index-old.js",
  "/assets/index-abc123.js.gz",
  "/assets/../index.html.bak",
  "/%2e%2e/secrets.json",
])("%s is not the page, also for a browser", async (url) => {
  const reply = await get(url);
  expect(reply.statusCode).toBe(404);
  expect(reply.json()).toMatchObject({ success: false, code: "NOT_FOUND" });
});

test("the API answers as without the app", async () => {
  expect((await get("/health")).json()).toMatchObject({ status: "healthy" });
  expect((await get("/api/v1/devices")).json()).toMatchObject({ code: "AUTHENTICATION_REQUIRED" });
  expect((await get("/contacts", { accept: "application/json" })).json()).toMatchObject({ code: "NOT_FOUND" });
});
