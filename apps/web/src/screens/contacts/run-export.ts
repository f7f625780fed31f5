import { type Contact, type Sync } from "@owlivion/sync-client";
import { writeVcard } from "@owlivion/sync-vcard";
import { saveFile } from "../../files/save-file.ts";

const contactsPerPause = 250;

/** All contacts as vCard 4.0, with a breath now and then so that the page goes on answering. */
export async function runExport(sync: Sync, onProgress: (done: number, total: number) => void): Promise<number> {
  const collection = sync.collection<Contact>("contacts");
  const total = await collection.count();
  const cards: string[] = [];
  for await (const { id: _, ...contact } of collection.iterate()) {
    cards.push(writeVcard(contact));
    if (cards.length % contactsPerPause !== 0) continue;
    onProgress(cards.length, total);
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  saveFile("contacts.vcf", cards, "text/vcard");
  return cards.length;
}
