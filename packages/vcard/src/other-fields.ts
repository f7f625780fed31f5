import type { Contact, VcardProperty } from "@owlivion/sync-client/data-types";
import { propertyRules } from "./property-rules.ts";
import { escapeText, unescapeText } from "./text-value.ts";

/** Carries a field that vCard has no property for: `X-OWLIVION-FIELD;X-NAME=emailCount:3`. The value is JSON. */
const fieldName = "X-OWLIVION-FIELD";

const ruledFields = new Set<string>(
  propertyRules
    .flatMap(({ field }) => field)
    .concat(["givenName", "middleName", "namePrefix", "nameSuffix", "department"]),
);
// An id is the store's, and what is kept of a vCard is written as what it is.
const isOther = (name: string): boolean => !ruledFields.has(name) && !["id", "vcardExtra", "__proto__"].includes(name);

/** The fields that no other property says. */
export const writeOtherFields = (contact: Contact): VcardProperty[] =>
  Object.entries(contact)
    .filter(([name, value]) => isOther(name) && value !== undefined && value !== null)
    .map(([name, value]) => ({
      name: fieldName,
      params: { "X-NAME": [name] },
      value: escapeText(JSON.stringify(value)),
    }));

interface OtherFields {
  readonly fields: { readonly [name: string]: unknown };
  /** The other properties. */
  readonly rest: readonly VcardProperty[];
}

export function readOtherFields(properties: readonly VcardProperty[]): OtherFields {
  const fields: Record<string, unknown> = {};
  const rest: VcardProperty[] = [];
  for (const property of properties) {
    const name = property.params?.["X-NAME"]?.[0];
    const value =
      property.name === fieldName && name !== undefined && isOther(name) ? parseJson(property.value) : undefined;
    if (value === undefined || value === null) rest.push(property);
    else fields[name!] = value;
  }
  return { fields, rest };
}

function parseJson(value: string): unknown {
  try {
    return JSON.parse(unescapeText(value)) as unknown;
  } catch {
    return undefined;
  }
}
