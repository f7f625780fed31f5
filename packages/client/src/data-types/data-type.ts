import type { Json, JsonObject } from "@owlivion/sync-crypto";

/** A record as an application sees it: a plain object of JSON values. A field that is null or undefined is not there. */
export type RecordFields = { readonly [field: string]: Json | undefined };

/**
 * What happens to a field that two devices changed, each its own way:
 * - `ask`    the newer edit is shown, and the other waits in the conflict journal for the person
 * - `newer`  the newer edit stays
 * - `set`    a list whose items are added and removed one by one; nothing clashes
 */
export type FieldPolicy = "ask" | "newer" | "set";

export interface MergePolicy {
  readonly default: FieldPolicy;
  readonly fields?: Readonly<Record<string, FieldPolicy>>;
}

/** https://standardschema.dev: the part that is needed here. */
export interface StandardSchema {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult | Promise<StandardResult>;
  };
}
export type StandardResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[] };

/** How the records of a data type are told apart, merged and checked. Only `name` is needed. */
export interface DataType<T extends object = RecordFields> {
  readonly name: string;
  /** The version of the records' shape, written into each; 1 when absent. */
  readonly schema?: number;
  /**
   * What makes a record the same on two devices that never met; null: nothing does. It is hashed with the account's id key into
   * the record's id, fixed when the record is made. Normalized by the engine: NFC, trimmed, lower case.
   */
  readonly naturalKey?: (record: Partial<T>) => string | null;
  /** Whether two records with the same natural key are one; true when absent. */
  readonly sameRecord?: (a: Partial<T>, b: Partial<T>) => boolean;
  /** `{default: "ask"}` when absent. */
  readonly merge?: MergePolicy;
  /** Checked when a record is put (refused) and when one arrives (kept and flagged). Must answer synchronously. */
  readonly validate?: StandardSchema;
  /** Fields that must not leave the device; a record that has one is refused with SECRET_FIELD. */
  readonly secretFields?: readonly string[];
}

/** Compile-time help: `defineDataType<Note>({name: "notes"})`. */
export const defineDataType = <T extends object>(definition: DataType<T>): DataType<T> => definition;

/** What an application gets of stored fields: without those that were removed. */
export function presentFields(fields: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
