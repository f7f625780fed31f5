import { expect, test } from "vitest";
import { parseServerUrl } from "./server-url.ts";

test("https addresses are taken, with a path before the API's", () => {
  expect(parseServerUrl(" https://sync.example.com/ ")).toBe("https://sync.example.com");
  expect(parseServerUrl("https://example.com:8443/sync//")).toBe("https://example.com:8443/sync");
});

test("R19: http is for this machine alone", () => {
  for (const url of [
    "http://localhost:3000",
    "http://127.0.0.1:3000",
    "http://127.1",
    "http://[::1]:80",
    "http://a.localhost",
  ]) {
    expect(() => parseServerUrl(url)).not.toThrow();
  }
  for (const url of [
    "http://10.8.0.1:3000",
    "http://sync.example.com",
    "http://127.0.0.1.example.com",
    "http://localhost.example.com",
    "http://[::2]",
    "http://3232235777",
    "ftp://localhost",
    "sync.example.com",
    "",
    "https://ada:secret@example.com",
    "https://example.com/?a=1",
    "https://example.com/#a",
  ]) {
    expect(() => parseServerUrl(url), url).toThrow(expect.objectContaining({ code: "INSECURE_URL" }));
  }
});

test("R20: an error does not repeat the address", () => {
  expect(() => parseServerUrl("https://ada:hunter2@example.com")).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining("hunter2") as string }),
  );
});
