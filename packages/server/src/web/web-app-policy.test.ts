import { expect, test } from "vitest";
import { cacheControlOf, isScreen, webAppPolicy } from "./web-app-policy.ts";

test.each(["/", "/contacts", "/contacts/abc", "/admin", "/apiary", "/sign-in"])("%s is a screen of the app", (path) => {
  expect(isScreen(path, "text/html,application/xhtml+xml")).toBe(true);
  expect(isScreen(path, "application/json")).toBe(false);
});

test("whoever does not say what he wants gets the first page, and the API's answer elsewhere", () => {
  for (const accept of [undefined, "*/*"]) {
    expect(isScreen("/", accept)).toBe(true);
    expect(isScreen("/contacts", accept)).toBe(false);
  }
});

test.each(["/api", "/api/v1/nothing", "/API/v1", "/health/x", "/metrics", "/docs/nothing", "/assets/old.js", "/x.png"])(
  "%s never is",
  (path) => expect(isScreen(path, "text/html")).toBe(false),
);

test("only files with a hash in their name are kept for good", () => {
  expect(cacheControlOf("/assets/index-abc.js")).toContain("immutable");
  for (const path of ["/", "/index.html", "/service-worker.js", "/contacts"])
    expect(cacheControlOf(path)).toBe("no-cache");
});

test("neither inline script or style nor eval", () => {
  expect(webAppPolicy).not.toMatch(/unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|https?:|\*/);
});
