import { expect, test } from "vitest";
import { rateLimitHeaders } from "./rate-limit-headers.ts";

test("both forms of the headers tell the same", () => {
  const headers = rateLimitHeaders(
    "login",
    { seconds: 60 },
    { limit: 5, remaining: 3, resetMs: 12_300 },
    1_700_000_000_100,
  );
  expect(headers).toEqual({
    "x-ratelimit-limit": "5",
    "x-ratelimit-remaining": "3",
    "x-ratelimit-reset": "1700000014",
    "ratelimit-policy": '"login";q=5;w=60',
    ratelimit: '"login";r=3;t=13',
  });
});
