import { readFileSync } from "node:fs";
import type { Contact } from "@owlivion/sync-client/data-types";
import { type ReadVcard, readVcards } from "./read-vcards.ts";
import type { VcardSource } from "./physical-lines.ts";

export const exportOf = (program: "google" | "ios" | "outlook" | "thunderbird"): Buffer =>
  readFileSync(new URL(`fixtures/${program}.vcf`, import.meta.url));

export async function readAll(source: VcardSource): Promise<ReadVcard[]> {
  const cards: ReadVcard[] = [];
  for await (const card of readVcards(source)) cards.push(card);
  return cards;
}

/** The contacts of a file in which nothing is wrong. */
export async function readContacts(source: VcardSource): Promise<Contact[]> {
  const cards = await readAll(source);
  const problems = cards.flatMap((card) => card.problems);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return cards.map(({ contact }) => contact!);
}

/** A card of these lines. */
export const cardOf = (lines: readonly string[], version = "3.0"): string =>
  ["BEGIN:VCARD", `VERSION:${version}`, ...lines, "END:VCARD", ""].join("\r\n");
