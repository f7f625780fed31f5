import { expect, test } from "vitest";
import {
  createContactOrder,
  groupByLetter,
  letterOf,
  nameOf,
  searchContacts,
  warmSearch,
  type StoredContact,
} from "./contact-order.ts";

const contact = (name: string, rest: Partial<StoredContact> = {}): StoredContact => ({ id: name, name, ...rest });

test("a search takes every word, without case and accents", () => {
  const list = [contact("Şükrü Işık"), contact("Ada Lovelace", { emails: ["ada@örnek.com"] }), contact("Ada Byron")];
  const found = (query: string) => searchContacts(list, query).map(nameOf);
  expect(found("sukru isik")).toEqual(["Şükrü Işık"]);
  expect(found("ADA ornek")).toEqual(["Ada Lovelace"]);
  expect(found("  ")).toHaveLength(3);
  expect(found("nobody")).toEqual([]);
});

test("letters are those of the language", () => {
  expect(letterOf("ışık", "tr")).toBe("I");
  expect(letterOf("ilker", "tr")).toBe("İ");
  expect(letterOf("ilker", "en")).toBe("I");
  expect(letterOf("42nd street", "en")).toBe("#");
  expect(letterOf("", "en")).toBe("#");
});

test("groups follow the order, numbers and nameless ones last", () => {
  const list = ["Çağla", "Cem", "7-Eleven", "Dora", ""].map((name) => contact(name)).toSorted(createContactOrder("tr"));
  const rows = groupByLetter(list, "tr").map((row) => (row.kind === "letter" ? row.letter : nameOf(row.contact)));
  expect(rows).toEqual(["C", "Cem", "Ç", "Çağla", "D", "Dora", "#", "7-Eleven", ""]);
});

test("what is made ready ahead finds the same", async () => {
  const contacts = Array.from({ length: 450 }, (_, i) => ({ id: String(i), name: `Şükrü ${i}` }));
  const stop = warmSearch(contacts);
  await new Promise((resolve) => setTimeout(resolve, 60));
  stop();
  expect(searchContacts(contacts, "sukru 449").map(({ id }) => id)).toEqual(["449"]);
});
