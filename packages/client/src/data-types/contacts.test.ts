import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { normalizeNaturalKey } from "@owlivion/sync-crypto";
import { mergeValues } from "../merge/merge-values.ts";
import { type Contact, contactName, contacts } from "./contacts.ts";
import { validated } from "./validated.fixture.ts";

const keyOf = (contact: Partial<Contact>): string | null => {
  const key = contacts.naturalKey!(contact);
  return key === null ? null : normalizeNaturalKey(key);
};
const isSame = (a: Partial<Contact>, b: Partial<Contact>): boolean => contacts.sameRecord!(a, b);
const stamp = (wallMs: number, device: "a" | "b") => ({
  wallMs,
  counter: 0,
  device: `0000000${device}-0000-4000-8000-000000000000`,
});
const at = (fields: Contact, wallMs: number, device: "a" | "b" = "a") => ({
  schema: 1,
  fields: { ...fields } as Record<string, never>,
  stamps: Object.fromEntries(Object.keys(fields).map((name) => [name, stamp(wallMs, device)])),
});

describe("the natural key of a contact", () => {
  it("is the first e-mail address, normalized", () => {
    expect(keyOf({ name: "Ada", emails: [" ADA@Example.com ", "other@example.com"] })).toBe("ada@example.com");
    expect(keyOf({ emails: [{ value: "ada@example.com", types: ["work"] }] })).toBe("ada@example.com");
    expect(keyOf({ emails: ["", "ada@example.com"] })).toBe("ada@example.com");
  });

  it("is the UID without an address, and nothing without both", () => {
    expect(keyOf({ name: "Ada", uid: "1F" })).toBe("uid:1f");
    expect(keyOf({ name: "Ada" })).toBeNull();
    expect(keyOf({ name: "Ada", emails: [], uid: " " })).toBeNull();
  });

  it("survives what other apps wrote", () => {
    for (const emails of [null, "ada@example.com", [null], [7], [{}]]) {
      expect(() => keyOf({ emails } as never)).not.toThrow();
    }
  });
});

describe("the same contact", () => {
  it("two people who share one address stay two", () => {
    const emails = ["family@example.com"];
    expect(isSame({ name: "Ada", emails, uid: "1" }, { name: "Byron", emails, uid: "2" })).toBe(false);
    expect(isSame({ name: "Ada", emails }, { emails })).toBe(false);
  });

  it("has the same UID, or the same name", () => {
    expect(isSame({ name: "Ada", uid: "1" }, { name: "Ada King", uid: "1" })).toBe(true);
    expect(isSame({ name: "Ada  LOVELACE " }, { givenName: "ada", familyName: "Lovelace" })).toBe(true);
    expect(isSame({ name: "Ada", uid: "" }, { name: "Byron", uid: "" })).toBe(false);
    expect(isSame({ emails: ["x@example.com"] }, { emails: ["X@example.com"] })).toBe(true);
    expect(isSame({}, {})).toBe(false);
  });

  it("is the same whichever is asked first", () => {
    const contact = fc.record<Contact>(
      {
        name: fc.constantFrom("Ada", " ada", "İpek", "ipek", ""),
        uid: fc.constantFrom("1", "2", ""),
        company: fc.constant("ACME"),
      },
      { requiredKeys: [] },
    );
    fc.assert(fc.property(contact, contact, (a, b) => isSame(a, b) === isSame(b, a)));
  });
});

it("a contact is called by the first thing that can stand for its name", () => {
  expect(contactName({ namePrefix: "Dr.", givenName: "Ada", familyName: "Lovelace" })).toBe("Dr. Ada Lovelace");
  expect(contactName({ name: " ", company: "ACME" })).toBe("ACME");
  expect(contactName({ phones: [{ value: "+90 212 000 00 00" }] })).toBe("+90 212 000 00 00");
  expect(contactName({})).toBe("");
});

describe("a contact's fields", () => {
  it("are accepted in the simplest form and in the full one", () => {
    expect(validated(contacts, { name: "Ada", emails: ["ada@example.com"] })).toEqual([]);
    const email = { value: "ada@example.com", types: ["home"], label: "Sommerhaus", preferred: true };
    const vcardExtra = [{ name: "X-FOO", params: { TYPE: ["a"] }, value: "b" }];
    expect(validated(contacts, { emails: [email], birthday: "--02-29", vcardExtra, notes: null })).toEqual([]);
    expect(validated(contacts, { fieldOfANewerVersion: [1] })).toEqual([]);
  });

  it("are refused with the field's name", () => {
    expect(validated(contacts, { name: 7 })).toEqual(["name must be text"]);
    expect(validated(contacts, { emails: ["a@example.com", { types: [] }] })).toEqual([
      "emails has an item (1) that has a field that is wrong: value is missing",
    ]);
    expect(validated(contacts, { birthday: "1.2.1990" })).toEqual(["birthday must be a date, YYYY-MM-DD or --MM-DD"]);
    expect(validated(contacts, ["Ada"])).toEqual(["must be an object"]);
  });
});

describe("traps of contacts", () => {
  it("R12: no time of last mail is no clash, nor are two different ones", () => {
    const base = at({ name: "Ada" }, 1);
    const a = at({ name: "Ada", lastEmailedAt: "2026-02-06T00:00:01Z", emailCount: 3 }, 2, "a");
    const b = at({ name: "Ada", lastEmailedAt: "2026-02-07T00:00:01Z", emailCount: 2 }, 3, "b");
    expect(mergeValues(base, base, a, contacts.merge!).clashes).toEqual([]);
    const merged = mergeValues(base, a, b, contacts.merge!);
    expect(merged.clashes).toEqual([]);
    expect(merged.value.fields["lastEmailedAt"]).toBe("2026-02-07T00:00:01Z");
  });

  it("R13: putting a contact again is the same record, whatever it lacks", () => {
    const contact = { name: "Ada", emails: ["ada@example.com"] };
    const edited = { ...contact, notes: "met in London", phones: ["+1"], favourite: true };
    expect(keyOf(edited)).toBe(keyOf(contact));
    expect(isSame(contact, edited)).toBe(true);
  });

  it("R13: a merge takes every field over and counts nothing up", () => {
    const base = at({ name: "Ada", emailCount: 5 }, 1);
    const edited = at({ name: "Ada", emailCount: 5, notes: "n", phones: ["+1"], favourite: true }, 2, "b");
    const once = mergeValues(base, base, edited, contacts.merge!).value;
    expect(once.fields).toEqual(edited.fields);
    expect(mergeValues(base, once, edited, contacts.merge!).value).toEqual(once);
  });

  it("addresses that two devices add are both kept; two names are asked about", () => {
    const base = at({ name: "Ada", emails: ["1@example.com"] }, 1);
    const a = at({ name: "Ada L.", emails: ["1@example.com", "2@example.com"] }, 2, "a");
    const b = at({ name: "A. Lovelace", emails: ["1@example.com", "3@example.com"] }, 3, "b");
    const merged = mergeValues(base, a, b, contacts.merge!);
    expect(merged.value.fields["emails"]).toEqual(["1@example.com", "2@example.com", "3@example.com"]);
    expect(merged.clashes).toEqual(["name"]);
  });
});
