import type { RemoteDevice } from "@owlivion/sync-client";
import { useMemo } from "react";
import { useWords } from "./language-provider.tsx";

export interface Names {
  /** "Contacts"; for a data type of the app's own, what its name says. */
  typeName(dataType: string): string;
  fieldName(field: string): string;
  /** What the person called it, else what it runs on. */
  deviceName(device: Pick<RemoteDevice, "deviceName" | "platform">): string;
}

/** What data types and fields are called. An app adds its own with `names`. */
export function useNames(
  names: { readonly types?: Record<string, string>; readonly fields?: Record<string, string> } = {},
): Names {
  const { text, has } = useWords();
  return useMemo(
    () => ({
      typeName(dataType) {
        const key = `type.${dataType}`;
        return names.types?.[dataType] ?? (has(key) ? text(key as "type.contacts") : toSentence(dataType));
      },
      fieldName(field) {
        const key = `field.${field}`;
        return names.fields?.[field] ?? (has(key) ? text(key as "field.name") : toSentence(field));
      },
      deviceName: ({ deviceName, platform }) => deviceName ?? text(`platform.${platform}`),
    }),
    [text, has, names.types, names.fields],
  );
}

/** `imapHost` and `imap_host` are "Imap host". */
export function toSentence(name: string): string {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")
    .replaceAll(/[_.-]+/g, " ")
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
