import type { Contact } from "@owlivion/sync-client/data-types";
import type { ImportStep } from "./plan-import.ts";

/** What an import writes to: a collection of contacts. */
export interface ImportTarget {
  putMany(records: readonly (Contact & { readonly id?: string })[]): Promise<unknown>;
  patch(id: string, fields: Contact): Promise<void>;
}

const contactsPerStep = 200;

/**
 * Carries out a plan some hundred contacts at a time, and tells after each step how many of how many are done. One that was
 * ended in between is finished by planning and applying the same file again.
 */
export async function* applyImport(
  target: ImportTarget,
  steps: readonly ImportStep[],
): AsyncGenerator<{ readonly done: number; readonly total: number }> {
  const todo = steps.filter(({ action }) => action !== "keep");
  for (let at = 0; at < todo.length; at += contactsPerStep) {
    const added: (Contact & { id?: string })[] = [];
    for (const step of todo.slice(at, at + contactsPerStep)) {
      if (step.action === "update") await target.patch(step.id, step.changes);
      else if (step.action === "add") {
        added.push(step.recordId === "natural" ? step.contact : { ...step.contact, id: crypto.randomUUID() });
      }
    }
    await target.putMany(added);
    yield { done: Math.min(at + contactsPerStep, todo.length), total: todo.length };
  }
}
