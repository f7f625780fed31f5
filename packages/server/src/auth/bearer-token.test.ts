import { describe, expect, test } from "vitest";
import { readBearerToken } from "./bearer-token.ts";

describe("readBearerToken", () => {
  test.each([
    ["Bearer a.b-c_d", "a.b-c_d"],
    ["bearer a.b.c", "a.b.c"],
    ["BEARER  a.b.c ", "a.b.c"],
  ])("%j", (header, token) => expect(readBearerToken(header)).toBe(token));

  test.each([undefined, "", "Bearer", "Bearer ", "Basic YTpi", "Bearer a b", "Bearer a,b", "a.b.c"])(
    "%j is no token",
    (header) =>
      expect(() => readBearerToken(header)).toThrow(expect.objectContaining({ code: "AUTHENTICATION_REQUIRED" })),
  );

  test("what is too long is not a token of ours", () =>
    expect(() => readBearerToken(`Bearer ${"a".repeat(3000)}`)).toThrow(
      expect.objectContaining({ code: "INVALID_TOKEN" }),
    ));
});
