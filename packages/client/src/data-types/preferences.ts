import type { Json } from "@owlivion/sync-crypto";
import { type DataType, defineDataType } from "./data-type.ts";
import type { SecretsOption } from "./accounts.ts";
import { type FieldCheck, fieldsSchema } from "./fields-schema.ts";

/** One choice that a person made. What was never chosen has no record: see `preferenceValues`. */
export interface Preference {
  /** The app's name for it: "theme", "composer.font". Case counts. */
  readonly key: string;
  /** Any JSON; null is as good as no choice. */
  readonly value: Json;
}

/**
 * The app's defaults with what the person chose laid over them. Defaults belong here, and not into records: a fresh device that
 * puts its defaults would say that the person has just chosen them.
 */
export function preferenceValues<Defaults extends { readonly [key: string]: Json }>(
  defaults: Defaults,
  records: Iterable<Partial<Preference>>,
): Defaults & { readonly [key: string]: Json } {
  const values = new Map<string, Json>(Object.entries(defaults));
  for (const { key, value } of records) {
    if (key !== undefined && value !== undefined && value !== null) values.set(key, value);
  }
  return Object.fromEntries(values) as Defaults & { readonly [key: string]: Json };
}

/** The last word of such a key, as in `assistant.apiKey`, and a text as its value: that is a secret, not a preference. */
const secretKey = /(?:password|passphrase|secret|token|api[._-]?key)$/iu;

const isKey: FieldCheck = (value) => (typeof value === "string" && value !== "" ? null : "must be a text, not empty");

/** Preferences, each a record: of two choices the newer one stays. */
export function preferences(options: SecretsOption = {}): DataType<Preference> {
  const schema = fieldsSchema({ key: isKey }, ["key"]);
  const { validate } = schema["~standard"];
  return defineDataType<Preference>({
    name: "preferences",
    naturalKey: ({ key }) => key ?? null,
    // Natural keys are compared in lower case, keys are not.
    sameRecord: (a, b) => a.key === b.key,
    merge: { default: "newer" },
    validate: {
      "~standard": {
        ...schema["~standard"],
        validate: (value) =>
          options.includeSecrets !== true && isSecret(value)
            ? {
                issues: [
                  { message: "value is a secret by its key, and this app does not sync secrets", path: ["value"] },
                ],
              }
            : validate(value),
      },
    },
  });
}

function isSecret(record: unknown): boolean {
  if (typeof record !== "object" || record === null) return false;
  const { key, value } = record as Partial<Preference>;
  return typeof key === "string" && secretKey.test(key) && typeof value === "string" && value !== "";
}
