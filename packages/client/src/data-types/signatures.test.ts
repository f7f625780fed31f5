import { describe, expect, it } from "vitest";
import { signatures } from "./signatures.ts";
import { validated } from "./validated.fixture.ts";

const work = { name: "Work", html: "<p>Ada</p>", text: "Ada" };

describe("signatures", () => {
  it("of one name but different content, or of different accounts, stay two", () => {
    expect(signatures.naturalKey!(work)).toBe("Work");
    expect(signatures.sameRecord!(work, { ...work, html: "<p>Byron</p>" })).toBe(false);
    expect(signatures.sameRecord!(work, { ...work, text: "Ada L." })).toBe(false);
    expect(signatures.sameRecord!(work, { ...work, accountId: "1" })).toBe(false);
  });

  it("that differ in line ends alone are one", () => {
    expect(
      signatures.sameRecord!({ name: "Work", text: "Ada\r\nLondon\r\n" }, { name: "Work", text: "Ada\nLondon" }),
    ).toBe(true);
  });

  it("need a name", () => {
    expect(validated(signatures, work)).toEqual([]);
    expect(validated(signatures, { html: "<p>Ada</p>" })).toEqual(["name is missing"]);
    expect(signatures.naturalKey!({ name: " " })).toBeNull();
  });
});

describe("traps of signatures", () => {
  it("R9: a device that knows one signature says nothing of the others: each is a record", () => {
    expect(signatures.naturalKey!(work)).not.toBe(signatures.naturalKey!({ name: "Private" }));
  });

  it("R10, R11: a clash is asked about, of this record alone; no field says that a record is deleted", () => {
    expect(signatures.merge).toEqual({ default: "ask" });
    expect(validated(signatures, { ...work, isDefault: "yes" })).toEqual(["isDefault must be true or false"]);
  });
});
