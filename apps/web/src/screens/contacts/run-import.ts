import { type Contact, type Sync } from "@owlivion/sync-client";
import { applyImport, type ExistingContact } from "@owlivion/sync-vcard";
import { ownScript } from "../../app/trusted-urls.ts";
import { forgetFile, keepFile, type PendingFile } from "./pending-file.ts";
import type { PlanReply, PlanRequest } from "./plan-messages.ts";
// oxlint-disable-next-line import/default -- Vite answers the address of the built worker
import workerUrl from "./plan-worker.ts?worker&url";

export type ImportProgress =
  | { readonly step: "reading"; readonly cards: number }
  | { readonly step: "writing"; readonly done: number; readonly total: number };

export interface ImportResult {
  readonly added: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly problems: number;
}

/** Throws when the file holds no contact. Until it has ended the file is kept; running it again finishes what was cut off. */
export async function runImport(
  sync: Sync,
  file: PendingFile,
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportResult> {
  await keepFile(file);
  const collection = sync.collection<Contact>("contacts");
  const existing: ExistingContact[] = [];
  for await (const { id, ...contact } of collection.iterate()) existing.push({ id, contact });
  const { steps, skipped, problems } = await plan({ file: file.content, existing }, (cards) =>
    onProgress({ step: "reading", cards }),
  );
  for await (const progress of applyImport(collection, steps)) onProgress({ step: "writing", ...progress });
  await forgetFile();
  const count = (action: "add" | "update" | "keep"): number => steps.filter((step) => step.action === action).length;
  return { added: count("add"), updated: count("update"), unchanged: count("keep"), skipped, problems };
}

type Plan = Extract<PlanReply, { type: "planned" }>;

function plan(request: PlanRequest, onCards: (cards: number) => void): Promise<Plan> {
  const worker = new Worker(ownScript(workerUrl), { type: "module" });
  return new Promise<Plan>((resolve, reject) => {
    worker.addEventListener("message", ({ data }: MessageEvent<PlanReply>) => {
      if (data.type === "reading") onCards(data.cards);
      else if (data.type === "planned") resolve(data);
      else reject(new Error(data.message));
    });
    worker.addEventListener("error", ({ message }) => reject(new Error(message)));
    worker.postMessage(request);
  }).finally(() => worker.terminate());
}
