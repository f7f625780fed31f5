import type { RestoreChange, RestorePreview } from "@owlivion/sync-client";

const changesPerPage = 50;

/** The first changes of a preview: those that are shown already and a page more. */
export async function readChanges(preview: RestorePreview, shown: number): Promise<readonly RestoreChange[]> {
  const changes: RestoreChange[] = [];
  for await (const change of preview.changes()) {
    changes.push(change);
    if (changes.length === shown + changesPerPage) break;
  }
  return changes;
}
