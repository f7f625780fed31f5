import type { Contact, ContactItem } from "@owlivion/sync-client/data-types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cardOf, exportOf, readAll, readContacts } from "./vcard.fixture.ts";
import { writeVcard } from "./write-vcard.ts";

const versions = ["3.0", "4.0"] as const;

describe("what programs exported is exported again", () => {
  it.each(["google", "ios", "outlook", "thunderbird"] as const)("%s", async (program) => {
    for (const { contact } of await readAll([exportOf(program)])) {
      for (const version of versions) {
        expect(await readContacts(writeVcard(contact!, version)), version).toEqual([contact]);
      }
    }
  });

  it("properties that no field has, groups and parameters are there again", async () => {
    const [ayse] = await readContacts([exportOf("ios")]);
    const text = writeVcard(ayse!, "3.0");
    expect(text).toContain("item3.ADR;TYPE=home,pref:;;Cumhuriyet Cad. 5\\nKat 2;");
    expect(text).toContain("item3.X-ABADR:tr\r\n");
    expect(text).toContain("item5.X-ABDATE;TYPE=pref:2011-09-03\r\nitem5.X-ABLabel:_$!<Anniversary>!$_\r\n");
    expect(text).toContain("X-SOCIALPROFILE;TYPE=twitter;X-USER=ayse:http://twitter.example/ayse\r\n");
    expect(text).toContain("BDAY;X-APPLE-OMIT-YEAR=1604:1604-04-15\r\n");
    expect(writeVcard(ayse!, "4.0")).toContain("BDAY:--0415\r\n");
  });
});

/** Characters that mean something in vCard, letters of several octets, and anything else that a line may hold. */
const letters = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(..."\\,;:\"=^' \tn") },
  { weight: 3, arbitrary: fc.constantFrom("ş", "İ", "😀", "e\u0301", "日", "a", "B", "1") },
  { weight: 1, arbitrary: fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }) },
);
const rawText = fc
  .array(letters, { maxLength: 60 })
  .map((parts) => parts.join(""))
  .filter((text) => text.isWellFormed() && !/[\r\n]/.test(text));
const param = fc.tuple(
  fc.constantFrom("TYPE", "PREF", "LANGUAGE", "X-FOO", "ALTID", "PID", "LABEL", "VALUE", "ENCODING", "SORT-AS"),
  fc.oneof(
    fc.constantFrom("home", "WORK", "pref", "cell", "internet", "1", "2", "b", "uri", "text", "date", "jpeg"),
    rawText.filter((text) => text !== "").map((text) => `"${text.replaceAll('"', "'")}"`),
  ),
);
const propertyLine = fc
  .tuple(
    fc.constantFrom("", "", "item1.", "ITEM2.", "g."),
    fc.constantFrom(
      ..."N FN NICKNAME EMAIL TEL ADR ORG TITLE ROLE URL BDAY CATEGORIES NOTE PHOTO UID X-FAVORITE X-ABLABEL X-ABADR".split(
        " ",
      ),
      ..."KEY LOGO SOUND GEO REV IMPP LABEL X-OWLIVION-FIELD X-Anything".split(" "),
    ),
    fc.uniqueArray(param, { maxLength: 3, selector: ([name]) => name }),
    fc.oneof(
      rawText,
      fc.constantFrom(
        "",
        ";;",
        "a;b\\;c;d,e\\,f",
        "1985-04-15",
        "19850415",
        "--0415",
        "1985-04-15T10:00:00Z",
        "tel:+1",
      ),
      fc.constantFrom("1", "http://x.example/a,b;c", "data:image/png;base64,AAAA", "iVBORw0K", "_$!<Home>!$_", "a,b,a"),
    ),
  )
  .map(
    ([group, name, params, value]) =>
      `${group}${name}${params.map(([key, text]) => `;${key}=${text}`).join("")}:${value}`,
  );
const card = fc
  .tuple(fc.constantFrom("3.0", "4.0", "2.1"), fc.array(propertyLine, { minLength: 1, maxLength: 12 }))
  .map(([version, lines]) => cardOf(["FN:Someone", ...lines], version));

describe("import, export, import", () => {
  it("of any card in any version gives the same contact", { timeout: 30_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(card, fc.constantFrom(...versions), async (text, version) => {
        const [first] = await readAll(text);
        const again = await readAll(writeVcard(first!.contact!, version));
        expect(again).toEqual([{ contact: first!.contact, line: 1, problems: [] }]);
      }),
      { numRuns: 2000 },
    );
  });

  it("of unknown properties keeps names, parameters and values to the letter", async () => {
    const value = rawText.filter((text) => text.trim() !== "");
    await fc.assert(
      fc.asyncProperty(value, value, fc.constantFrom(...versions), async (text, parameter, version) => {
        const quoted = parameter.replaceAll('"', "'").replaceAll("^", "");
        const [contact] = await readContacts(cardOf(["FN:A", `g1.X-Some-Thing;X-P="${quoted}";TYPE=Odd:${text}`]));
        const exported = writeVcard(contact!, version).replaceAll("\r\n ", "");
        const line = exported.split("\r\n").find((one) => one.startsWith("g1.X-SOME-THING;"));
        expect(line).toContain(`:${text}`);
        expect(line?.replaceAll('"', "")).toContain(`X-P=${quoted}`);
        expect(line).toContain("TYPE=Odd");
      }),
    );
  });
});

const text = rawText
  .map((one) => one.replaceAll("_$!<", "").trim())
  .filter((one) => one !== "" && !/^\s|\s$/.test(one));
const types = fc.uniqueArray(fc.constantFrom("home", "work", "cell", "fax"), { minLength: 1 });
const details = fc.record({ types, label: text, preferred: fc.constant(true) }, { requiredKeys: [] });
const item = fc.oneof(
  text,
  fc
    .tuple(text, details)
    .map(([value, more]): ContactItem => (Object.keys(more).length === 0 ? value : { value, ...more })),
);
const items = fc.uniqueArray(item, { minLength: 1, maxLength: 3, selector: (one) => JSON.stringify(one) });
const address = fc
  .record(
    { street: text, city: text, region: text, postalCode: text, country: text, poBox: text, extended: text },
    { requiredKeys: ["street"] },
  )
  .chain((parts) => details.map((more) => ({ ...parts, ...more })));
const contact = fc.record<Contact>(
  {
    name: text,
    givenName: text,
    middleName: text,
    familyName: text,
    namePrefix: text,
    nameSuffix: text,
    nickname: text,
    emails: items,
    phones: items,
    urls: items,
    addresses: fc.uniqueArray(address, { minLength: 1, maxLength: 2, selector: (one) => JSON.stringify(one) }),
    company: text,
    department: text,
    title: text,
    role: text,
    notes: fc.array(text, { minLength: 1 }).map((lines) => lines.join("\n")),
    birthday: fc.constantFrom("1985-04-15", "--02-29", "0001-01-01"),
    groups: fc.uniqueArray(text, { minLength: 1 }),
    favourite: fc.boolean(),
    photo: fc.constantFrom(
      "https://x.example/a,b.jpg",
      "data:image/jpeg;base64,/9j/4AAQ",
      "data:image/svg+xml;utf8,<svg/>",
    ),
    uid: text,
    lastEmailedAt: fc.constant("2026-02-06T00:00:01Z"),
    emailCount: fc.nat(),
  },
  { requiredKeys: ["name"] },
);

it("a contact that an app made is the same after export and import", { timeout: 30_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(contact, fc.constantFrom(...versions), async (made, version) => {
      expect(await readContacts(writeVcard(made, version))).toEqual([made]);
    }),
    { numRuns: 1000 },
  );
});

describe("a field that was edited", () => {
  it("is exported as it is now; the property that it was read from is not", async () => {
    const lines = [
      "FN:Ada",
      "EMAIL;X-FOO=1:old@example.com",
      "EMAIL;X-BAR=2:kept@example.com",
      "N;SORT-AS=L:Lovelace;Ada;;;",
    ];
    const [ada] = await readContacts(cardOf(lines));
    const edited = { ...ada!, emails: ["new@example.com", "kept@example.com"], familyName: "King" };
    const exported = writeVcard(edited, "4.0");
    expect(exported).toContain("EMAIL:new@example.com\r\nEMAIL;X-BAR=2:kept@example.com\r\n");
    expect(exported).not.toContain("old@example.com");
    expect(exported).toContain("N:King;Ada;;;\r\n");
  });

  it("has a label of its own, in a group that nothing else has", () => {
    const vcardExtra = [{ group: "item1", name: "X-ABDATE", value: "2011-09-03" }];
    const exported = writeVcard({ name: "Ada", emails: [{ value: "a@example.com", label: "Yazlık" }], vcardExtra });
    expect(exported).toContain("item2.EMAIL:a@example.com\r\nitem2.X-ABLabel:Yazlık\r\n");
  });
});

it("the simplest contact is a valid card of either version", () => {
  const contact = { emails: ["ada@example.com"] };
  expect(writeVcard(contact, "3.0")).toBe(
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:ada@example.com\r\nN:;;;;\r\nEMAIL;TYPE=internet:ada@example.com\r\nEND:VCARD\r\n",
  );
  expect(writeVcard(contact)).toBe(
    "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:ada@example.com\r\nEMAIL:ada@example.com\r\nEND:VCARD\r\n",
  );
});
