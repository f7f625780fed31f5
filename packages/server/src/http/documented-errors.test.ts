import { expect, test } from "vitest";
import { bodyErrors, errors } from "./documented-errors.ts";

test("documented errors: codes of one status share a reply, what any route may answer is added", () => {
  const replies = errors(...bodyErrors, "INVALID_DATA_TYPE", "NO_DATA");
  expect(Object.keys(replies)).toEqual(["400", "404", "408", "413", "415", "500", "503", "507"]);
  expect(replies[400]).toMatchObject({
    properties: { code: { enum: ["INVALID_REQUEST", "INVALID_JSON", "INVALID_DATA_TYPE"] } },
  });
});
