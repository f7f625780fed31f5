import type { Deletions, DeletionsView, Loaded } from "@owlivion/sync-client";
import { useSync, useViews } from "../provider/sync-provider.tsx";
import { useLive } from "./use-live.ts";

export interface DeletionsState extends Loaded<DeletionsView> {
  readonly decide: Pick<Deletions, "confirm" | "undo" | "accept" | "reject" | "keep" | "forget">;
}

/** Deletions that wait for the person. */
export function useDeletions(): DeletionsState {
  const sync = useSync();
  return { ...useLive(useViews().deletions), decide: sync.deletions };
}
