import { type Contact, contactItemValue, contacts } from "@owlivion/sync-client/data-types";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type ExistingContact, type ImportStep, planImport } from "./plan-import.ts";
import { exportOf, readAll } from "./vcard.fixture.ts";

/** The address book after the plan. */
function apply(existing: readonly ExistingContact[], steps: readonly ImportStep[]): ExistingContact[] {
  const book = new Map(existing.map(({ id, contact }) => [id, contact]));
  for (const step of steps) book.set(step.action === "add" ? `new ${book.size}` : step.id, step.contact);
  return [...book].map(([id, contact]) => ({ id, contact }));
}

/** Whether two records are of one person, as far as UIDs and addresses tell. */
const hasTwice = (book: readonly ExistingContact[]): boolean =>
  book.some(({ contact: a }, i) =>
    book.slice(i + 1).some(({ contact: b }) => {
      const addresses = new Set((a.emails ?? []).map((item) => contactItemValue(item).toLowerCase()));
      const isShared = (b.emails ?? []).some((item) => addresses.has(contactItemValue(item).toLowerCase()));
      return (a.uid !== undefined && a.uid === b.uid) || (isShared && contacts.sameRecord!(a, b));
    }),
  );

const actionsOf = (steps: readonly ImportStep[]): string[] => steps.map(({ action }) => action);
const ada: Contact = { name: "Ada Lovelace", emails: ["ada@example.com"] };

describe("a card that is new", () => {
  it("gets the id of its natural key", () => {
    expect(planImport([], [ada])).toEqual([
      { action: "add", contact: ada, recordId: "natural", duplicates: [], cards: 1 },
    ]);
    expect(planImport([], [{ name: "Ada", uid: "1" }])).toMatchObject([{ recordId: "natural" }]);
  });

  it("gets a random id without a natural key, or when somebody else has it", () => {
    const byron: Contact = { name: "Byron", emails: ["ADA@example.com", "byron@example.com"] };
    expect(planImport([], [{ name: "Ada" }])).toMatchObject([{ action: "add", recordId: "random" }]);
    expect(planImport([{ id: "1", contact: ada }], [byron])).toEqual([
      {
        action: "add",
        contact: byron,
        recordId: "random",
        duplicates: [{ id: "1", contact: ada, reasons: ["email"] }],
        cards: 1,
      },
    ]);
    expect(planImport([], [ada, byron])).toMatchObject([
      { recordId: "natural", duplicates: [{ id: null, reasons: ["email"] }] },
      { recordId: "random", duplicates: [{ id: null, reasons: ["email"] }] },
    ]);
  });

  it("is told of those that are likely the same, and merged with none", () => {
    const ayse: Contact = { name: "Ayşe Yılmaz", phones: ["+90 532 000 00 01"] };
    const steps = planImport([{ id: "1", contact: ayse }], [{ name: "YILMAZ, Ayse", phones: ["0532 0000001"] }]);
    expect(steps).toMatchObject([{ action: "add", duplicates: [{ id: "1", reasons: ["phone", "name"] }] }]);
  });
});

describe("a card of a contact that is there", () => {
  it("with the same UID changes what differs, and nothing else", () => {
    const contact: Contact = { ...ada, uid: "1", notes: "mine", phones: ["+1 555 0100"] };
    const card: Contact = {
      name: "Ada King",
      uid: "1",
      emails: ["king@example.com"],
      phones: [{ value: "+15550100", types: ["cell"] }],
    };
    expect(planImport([{ id: "a", contact }], [card])).toEqual([
      {
        action: "update",
        id: "a",
        contact: {
          name: "Ada King",
          uid: "1",
          notes: "mine",
          emails: ["ada@example.com", "king@example.com"],
          phones: [{ value: "+1 555 0100", types: ["cell"] }],
        },
        changes: {
          name: "Ada King",
          emails: ["ada@example.com", "king@example.com"],
          phones: [{ value: "+1 555 0100", types: ["cell"] }],
        },
        cards: 1,
      },
    ]);
  });

  it("with the same address and name is found, whichever address it is", () => {
    const contact: Contact = { name: "ada  lovelace", emails: ["old@example.com", "ada@example.com"], uid: "apple" };
    const [step] = planImport([{ id: "a", contact }], [{ ...ada, uid: "google", title: "Countess" }]);
    expect(step).toMatchObject({ action: "update", id: "a", contact: { title: "Countess", uid: "apple" } });
  });

  it("of the same name alone is a new one, unless it says nothing new", () => {
    const existing = [{ id: "a", contact: { ...ada, title: "Countess" } }];
    expect(actionsOf(planImport(existing, [{ name: "Ada Lovelace", title: "Countess" }]))).toEqual(["keep"]);
    expect(actionsOf(planImport(existing, [{ name: "Ada Lovelace", title: "Poet" }]))).toEqual(["add"]);
    expect(actionsOf(planImport(existing, [{ name: "Ada Lovelace", uid: "2" }]))).toEqual(["add"]);
  });

  it("does not take away types that are known, nor bring an address twice", () => {
    const contact: Contact = { ...ada, emails: [{ value: "ada@example.com", types: ["home"] }] };
    expect(actionsOf(planImport([{ id: "a", contact }], [{ ...ada, emails: ["Ada@Example.com"] }]))).toEqual(["keep"]);
  });

  it("keeps the properties of both vCards apart", () => {
    const vcardExtra = [
      { group: "item1", name: "X-ABDATE", value: "1" },
      { name: "REV", value: "1" },
    ];
    const other = [
      { group: "item1", name: "X-ABDATE", value: "2" },
      { name: "REV", value: "2" },
    ];
    const [step] = planImport([{ id: "a", contact: { ...ada, vcardExtra } }], [{ ...ada, vcardExtra: other }]);
    expect(step!.contact.vcardExtra).toEqual([
      { group: "item1", name: "X-ABDATE", value: "1" },
      { group: "item2", name: "X-ABDATE", value: "2" },
      { name: "REV", value: "2" },
    ]);
  });
});

it("cards of one contact within a file are one contact", () => {
  expect(planImport([], [ada, { ...ada, phones: ["1"] }, ada])).toMatchObject([
    { action: "add", contact: { ...ada, phones: ["1"] }, cards: 3 },
  ]);
});

describe("importing the same file twice changes nothing", () => {
  it.each(["google", "ios", "outlook", "thunderbird"] as const)("%s", async (program) => {
    const cards = (await readAll([exportOf(program)])).map(({ contact }) => contact!);
    const book = apply([], planImport([], cards));
    expect(book).toHaveLength(cards.length);
    expect(new Set(actionsOf(planImport(book, cards)))).toEqual(new Set(["keep"]));
  });

  it("whatever is in it, whoever is there, as long as nobody is there twice", { timeout: 30_000 }, () => {
    const email = fc.constantFrom("a@x.example", "A@x.example", "b@x.example", "c@x.example");
    const item = fc.oneof(email, fc.record({ value: email, types: fc.constantFrom(["home"], ["work"]) }));
    const phone = fc.constantFrom("+90 532 000 00 01", "05320000001", "1");
    const contact = fc.record<Contact>(
      {
        name: fc.constantFrom("Ada", "ADA", "Byron", "Ayşe Yılmaz"),
        uid: fc.constantFrom("1", "2"),
        emails: fc.uniqueArray(item, { maxLength: 3, selector: (one) => JSON.stringify(one) }),
        phones: fc.uniqueArray(phone, { maxLength: 2 }),
        title: fc.constantFrom("x", "y"),
        groups: fc.uniqueArray(fc.constantFrom("g", "h"), { maxLength: 2 }),
        vcardExtra: fc.array(
          fc.record(
            {
              group: fc.constantFrom("item1", "item2"),
              name: fc.constantFrom("REV", "X-A"),
              value: fc.constantFrom("1", "2"),
            },
            { requiredKeys: ["name", "value"] },
          ),
          { maxLength: 3 },
        ),
      },
      { requiredKeys: ["name"] },
    );
    fc.assert(
      fc.property(fc.array(contact, { maxLength: 4 }), fc.array(contact, { maxLength: 4 }), (before, file) => {
        const existing = before.map((one, i) => ({ id: `old ${i}`, contact: one }));
        const book = apply(existing, planImport(existing, file));
        // Which of two records of one person a card belongs to, nobody can say.
        fc.pre(!hasTwice(existing) && !hasTwice(book));
        expect(actionsOf(planImport(book, file)).filter((action) => action !== "keep")).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});

it("10,000 cards onto 10,000 contacts are planned, at once", { timeout: 30_000 }, () => {
  const cards = Array.from({ length: 10_000 }, (_, i) => ({
    name: `Person ${i}`,
    emails: [`p${i}@example.com`],
    phones: ["0212 000 00 00"],
  }));
  const book = apply([], planImport([], cards));
  expect(new Set(actionsOf(planImport(book, cards)))).toEqual(new Set(["keep"]));
});
