import { describe, expect, test } from "vitest";
import { systemRandom } from "../random.ts";
import {
  hashRefreshToken,
  newRefreshToken,
  readRefreshToken,
  successorOf,
  writeRefreshToken,
} from "./refresh-token.ts";

describe("refresh tokens", () => {
  test("S39 the successor is HMAC-SHA256(server refresh key, presented token)", () => {
    const key = Buffer.alloc(32, 1);
    const token = Buffer.alloc(32, 2);
    const successor = "7321406e0c880fd92597898beb393af2aebed51ab5cdf1d52e5991f9afadd2de";
    expect(successorOf(key, token).toString("hex")).toBe(successor);
    expect(successorOf(key, token)).toEqual(successorOf(key, token));
    expect(successorOf(Buffer.alloc(32, 3), token)).not.toEqual(successorOf(key, token));
    expect(successorOf(key, successorOf(key, token))).not.toEqual(successorOf(key, token));
  });

  test("S40 no two are alike", () => {
    expect(new Set(Array.from({ length: 100 }, () => writeRefreshToken(newRefreshToken(systemRandom)))).size).toBe(100);
  });

  test("what is stored is the SHA-256", () => {
    expect(hashRefreshToken(Buffer.alloc(32)).toString("hex")).toBe(
      "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925",
    );
  });

  const text = Buffer.alloc(32, 0xfb).toString("base64url");
  test.each([
    ["ours", text, true],
    ["empty", "", false],
    ["short", text.slice(1), false],
    ["long", `${text}A`, false],
    ["padded", `${text}=`, false],
    ["trailing bits", `${text.slice(0, -1)}t`, false],
    ["the other alphabet", text.replaceAll("-", "+").replaceAll("_", "/"), false],
    ["white space", ` ${text}`, false],
  ])("reads a token strictly: %s", (_, given, isToken) => expect(readRefreshToken(given) !== null).toBe(isToken));
});
