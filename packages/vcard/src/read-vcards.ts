import { type Contact, contactName, type VcardProperty } from "@owlivion/sync-client/data-types";
import { readProperties } from "./card-reading.ts";
import { checkContact } from "./check-contact.ts";
import { parseContentLine } from "./content-line.ts";
import { readOtherFields } from "./other-fields.ts";
import { toModernLine } from "./modern-line.ts";
import { toNeutral } from "./neutral-property.ts";
import type { VcardSource } from "./physical-lines.ts";
import { splitCards, type CardLines, type VcardProblem } from "./split-cards.ts";
import { decodeText } from "./decode-text.ts";
import { escapeText } from "./text-value.ts";

export interface ReadVcard {
  /** Null when nothing could be taken over. */
  readonly contact: Contact | null;
  /** Where the card begins. */
  readonly line: number;
  /** What is not in the contact, or not certain. */
  readonly problems: readonly VcardProblem[];
}

/** A line that is no property; it stays in the record, so that nothing of the file is lost. */
const unreadableName = "X-OWLIVION-UNREADABLE";

/** Reads the contacts of a file one by one, never more than one card in memory. What is wrong with a card does not stop the rest. */
export async function* readVcards(source: VcardSource): AsyncGenerator<ReadVcard> {
  for await (const card of splitCards(source)) yield readCard(card);
}

function readCard(card: CardLines): ReadVcard {
  const { line, lines, isComplete } = card;
  if (!isComplete) return { contact: null, line, problems: card.problems };
  const problems = [...card.problems];
  const version = lines
    .map(({ bytes }) => /^version\s*:\s*(\S*)/i.exec(bytes)?.[1])
    .find((found) => found !== undefined);
  if (version !== undefined && !["2.1", "3.0", "4.0"].includes(version)) {
    problems.push({ line, message: `version ${version} is not known; it was read as 3.0` });
  }
  const properties: VcardProperty[] = [];
  for (const { bytes, line } of lines) {
    const read = readLine(bytes, version === "2.1");
    const isNews = !problems.some(({ message }) => message === read.message);
    if (read.message !== undefined && isNews) problems.push({ line, message: read.message });
    if (read.property !== null) properties.push(toNeutral(read.property));
  }

  const { fields, rest } = readOtherFields(properties);
  const { contact: part, kept } = readProperties(rest);
  const name = contactName(part);
  const contact: Contact = {
    ...fields,
    ...part,
    ...(name === "" ? {} : { name }),
    ...(kept.length === 0 ? {} : { vcardExtra: kept }),
  };
  const checked = checkContact(contact);
  return {
    contact: checked.contact,
    line,
    problems: [...problems, ...checked.messages.map((message) => ({ line, message }))],
  };
}

interface LineReading {
  readonly property: VcardProperty | null;
  readonly message?: string;
}

function readLine(bytes: string, is21: boolean): LineReading {
  try {
    const { line, guessed } = toModernLine(bytes, is21);
    const property = parseContentLine(line);
    if (property.name === "VERSION" && property.group === undefined) return { property: null };
    return guessed === null ? { property } : { property, message: `this is not UTF-8; it was read as ${guessed}` };
  } catch (error) {
    if (!/\S/.test(bytes)) return { property: null };
    const reason = error instanceof Error ? error.message : String(error);
    const value = escapeText(decodeText(bytes, null).text);
    return {
      property: { name: unreadableName, value },
      message: `this line is kept, but could not be read: ${reason}`,
    };
  }
}
