import { type DataType, type Loaded, liveRecord, type RecordFields, type RecordView } from "@owlivion/sync-client";
import { useMemo } from "react";
import { useSync } from "../provider/sync-provider.tsx";
import { useLive } from "./use-live.ts";

/** One record with its state: waiting, held back, in conflict. */
export function useRecord<T extends object = RecordFields>(
  type: string | DataType<T>,
  id: string,
): Loaded<RecordView<T>> {
  const sync = useSync();
  const dataType = typeof type === "string" ? type : type.name;
  return useLive(useMemo(() => liveRecord<T>(sync, dataType, id), [sync, dataType, id]));
}
