import { contacts } from "@owlivion/sync-client/data-types";
import { encodePlaintext, type JsonObject } from "@owlivion/sync-crypto";
import { expect, it } from "vitest";
import { planImport, readVcards } from "@owlivion/sync-vcard";
import { generateContacts, generateVcards } from "./generate-contacts.ts";

const made = [...generateContacts(10_000, 7)];

it("the same seed makes the same contacts, another one others", () => {
  expect([...generateContacts(50, 7)]).toEqual(made.slice(0, 50));
  expect([...generateContacts(50, 8)]).not.toEqual(made.slice(0, 50));
});

it("a contact takes 512 bytes in the median, padded", () => {
  const stamp = { wallMs: 1_780_000_000_000, counter: 0, device: "0f2b6d1e-8c4a-4d57-9a38-5b7c1e2d3f40" };
  const sizes = made.slice(0, 2000).map((contact) => {
    const fields = { ...contact } as unknown as JsonObject;
    const stamps = Object.fromEntries(Object.keys(fields).map((field) => [field, stamp]));
    return encodePlaintext({ kind: "put", schema: 1, fields, stamps }, 262_144).length;
  });
  const sorted = sizes.toSorted((a, b) => a - b);
  expect(sorted[1000]).toBeGreaterThanOrEqual(496);
  expect(sorted[1000]).toBeLessThanOrEqual(528);
});

it("every contact is one of its own, although some share an address", { timeout: 30_000 }, () => {
  const addresses = made.map((contact) => contacts.naturalKey!(contact));
  expect(new Set(addresses).size).toBeGreaterThan(9900);
  expect(new Set(addresses).size).toBeLessThan(10_000);
  const steps = planImport([], made);
  expect(steps).toHaveLength(10_000);
  expect(steps.every(({ action }) => action === "add")).toBe(true);
});

it("as vCards of either version they are the same contacts", async () => {
  for (const version of ["3.0", "4.0"] as const) {
    const cards = [];
    for await (const card of readVcards(generateVcards(300, 7, version))) cards.push(card);
    expect(cards.flatMap(({ problems }) => problems)).toEqual([]);
    expect(cards.map(({ contact }) => contact)).toEqual(made.slice(0, 300));
  }
});
