import { isSyncError, type SyncEvent } from "@owlivion/sync-client";
import { toIso } from "../terminal/print.ts";

/** An event as a line of JSON: names as on the wire, errors as `{code, message}`. */
export function toEventJson(event: SyncEvent): Readonly<Record<string, unknown>> {
  if (event.type === "conflict") {
    const { key, dataType, recordId, kind, clashes, sinceMs } = event.conflict;
    return {
      type: "conflict",
      id: key,
      data_type: dataType,
      record_id: recordId,
      kind,
      fields: clashes,
      since: toIso(sinceMs),
    };
  }
  return Object.fromEntries(Object.entries(event).map(([name, value]) => [toSnake(name), toValue(value)]));
}

const toSnake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const toValue = (value: unknown): unknown =>
  isSyncError(value) ? { code: value.code, message: value.message } : value;

/** An event in a sentence, for people. */
export function eventText(event: SyncEvent): string {
  switch (event.type) {
    case "change":
      return `${event.dataType}: ${changedText(event.recordIds)}`;
    case "conflict":
      return `${event.conflict.dataType}/${event.conflict.recordId}: a conflict; owlivion conflicts list`;
    case "session":
      return `session: ${event.state.replace("_", " ")}`;
    case "error":
      return `${event.error.code}: ${event.error.message}`;
    default: {
      const { type, ...details } = event;
      const said = Object.entries(details).map(([name, value]) => `${toSnake(name)} ${String(value)}`);
      return `${type}: ${said.join(", ")}`;
    }
  }
}

const fewIds = 3;

function changedText(ids: readonly string[] | null): string {
  if (ids === null) return "records changed";
  return ids.length <= fewIds ? `changed ${ids.join(", ")}` : `${ids.length} records changed`;
}
