import type { Contact } from "@owlivion/sync-client/data-types";
import { planImport, readVcards } from "@owlivion/sync-vcard";
import type { PlanReply, PlanRequest } from "./plan-messages.ts";

// Reading a large address book takes seconds, which the page must not feel.
const cardsPerReport = 250;
const tell = (reply: PlanReply): void => postMessage(reply);

addEventListener("message", ({ data }: MessageEvent<PlanRequest>) => {
  plan(data).catch((error: unknown) => tell({ type: "failed", message: String(error) }));
});

async function plan({ file, existing }: PlanRequest): Promise<void> {
  const contacts: Contact[] = [];
  let skipped = 0;
  let problems = 0;
  for await (const card of readVcards(file.stream())) {
    if (card.contact === null) skipped += 1;
    else contacts.push(card.contact);
    problems += card.problems.length;
    if (contacts.length % cardsPerReport === 0) tell({ type: "reading", cards: contacts.length });
  }
  tell({ type: "planned", steps: planImport(existing, contacts), skipped, problems });
}
