import {
  type Contact,
  type ContactItem,
  type ContactValue,
  type VcardProperty,
} from "@owlivion/sync-client/data-types";
import { jsonKey } from "./json-key.ts";

/** Statistics of the app and the identity that a record has: what is known counts more than what a file says. */
const keptFields = new Set(["uid", "lastEmailedAt", "emailCount"]);

/** Properties that a card has once. */
const singleNames = new Set(["REV", "PRODID", "KIND"]);

/**
 * A contact after an import of the same one: what the file says replaces, lists grow, what the file does not have stays. Merging
 * the result again changes nothing.
 */
export function mergeImported(known: Contact, imported: Contact): Contact {
  const merged: Record<string, unknown> = { ...known };
  for (const [field, value] of Object.entries(imported)) {
    if (value === undefined || (keptFields.has(field) && merged[field] !== undefined)) continue;
    merged[field] = value;
  }
  const lists: Contact = {
    ...mergedList("emails", known, imported, mergeItems(normalizeEmail)),
    ...mergedList("phones", known, imported, mergeItems(normalizePhone)),
    ...mergedList(
      "urls",
      known,
      imported,
      mergeItems((url) => url.trim()),
    ),
    ...mergedList("addresses", known, imported, union),
    ...mergedList("groups", known, imported, union),
    ...mergedList("vcardExtra", known, imported, mergeKept),
  };
  return { ...(merged as Contact), ...lists };
}

/** The fields of a contact that differ from another one's. The order of a list says nothing. */
export function changedFields(before: Contact, after: Contact): Contact {
  const old = new Map<string, unknown>(Object.entries(before));
  return Object.fromEntries(
    Object.entries(after).filter(([field, value]) => valueKey(value) !== valueKey(old.get(field))),
  );
}

const valueKey = (value: unknown): string =>
  jsonKey(Array.isArray(value) ? value.map((item) => jsonKey(item)).toSorted() : value);

export const normalizeEmail = (email: string): string => email.normalize("NFC").trim().toLowerCase();

/** Digits alone, and whether the country is told; a number without any digit is itself. */
export function normalizePhone(phone: string): string {
  const digits = phone.replaceAll(/[^\d+#*]/g, "");
  return /\d/.test(digits) ? digits : phone.trim();
}

type ListField = "emails" | "phones" | "urls" | "addresses" | "groups" | "vcardExtra";

function mergedList<Field extends ListField>(
  field: Field,
  known: Contact,
  imported: Contact,
  merge: (one: readonly never[], other: readonly never[]) => readonly unknown[],
): Contact {
  const [one, other] = [known[field], imported[field]];
  return one === undefined || other === undefined
    ? {}
    : { [field]: merge(one as readonly never[], other as readonly never[]) };
}

function union<Item>(known: readonly Item[], imported: readonly Item[]): readonly Item[] {
  const keys = new Set(known.map((item) => jsonKey(item)));
  return [...known, ...imported.filter((item) => !keys.has(jsonKey(item)))];
}

/** A value that is known takes over the types and the label that the file has for it; it does not appear twice. */
const mergeItems =
  (normalize: (value: string) => string) =>
  (known: readonly ContactItem[], imported: readonly ContactItem[]): readonly ContactItem[] => {
    const merged = known.map((item) => full(item));
    for (const item of imported.map((one) => full(one))) {
      const ofValue = merged.filter(({ value }) => normalize(value) === normalize(item.value));
      if (ofValue.some((one) => saysAll(one, item))) continue;
      const fitting = ofValue.find(
        ({ label }) => label === undefined || item.label === undefined || label === item.label,
      );
      if (fitting === undefined) merged.push(item);
      else merged[merged.indexOf(fitting)] = { ...item, ...fitting, ...bothTypes(fitting, item) };
    }
    return merged.map((item) => (Object.keys(item).length === 1 ? item.value : item));
  };

const full = (item: ContactItem): ContactValue => (typeof item === "string" ? { value: item } : item);

const saysAll = (known: ContactValue, { types = [], label, preferred }: ContactValue): boolean =>
  types.every((type) => known.types?.includes(type)) &&
  (label === undefined || label === known.label) &&
  (preferred !== true || known.preferred === true);

function bothTypes(known: ContactValue, imported: ContactValue): Partial<ContactValue> {
  const types = [...new Set([...(known.types ?? []), ...(imported.types ?? [])])];
  return {
    ...(types.length === 0 ? {} : { types }),
    ...(known.preferred === true || imported.preferred === true ? { preferred: true } : {}),
  };
}

/**
 * Kept properties of two cards. Names of groups mean nothing outside of their card: a group is known if one with the same
 * properties is, and gets a new name if its own is taken.
 */
function mergeKept(known: readonly VcardProperty[], imported: readonly VcardProperty[]): readonly VcardProperty[] {
  const single = imported.filter((property) => isSingle(property));
  const isReplaced = (property: VcardProperty): boolean =>
    single.some(({ name }) => name === property.name) && !single.some((one) => jsonKey(one) === jsonKey(property));
  const merged = known.filter((property) => !isSingle(property) || !isReplaced(property));
  const clusters = new Set(clustersOf(merged).map((cluster) => clusterKey(cluster)));
  for (const cluster of clustersOf(imported)) {
    if (clusters.has(clusterKey(cluster))) continue;
    const group = freeGroup(cluster[0]!.group, merged);
    merged.push(...cluster.map((property) => (group === undefined ? property : { ...property, group })));
  }
  return merged;
}

const isSingle = ({ group, name, field }: VcardProperty): boolean =>
  group === undefined && field === undefined && singleNames.has(name);

/** Properties that belong together; one without a group stands alone. */
function clustersOf(properties: readonly VcardProperty[]): readonly (readonly VcardProperty[])[] {
  const clusters = new Map<string | VcardProperty, VcardProperty[]>();
  for (const property of properties) {
    const key = property.group?.toLowerCase() ?? property;
    clusters.set(key, [...(clusters.get(key) ?? []), property]);
  }
  return [...clusters.values()];
}

const clusterKey = (cluster: readonly VcardProperty[]): string =>
  jsonKey([cluster[0]!.group !== undefined, ...cluster.map(({ group: _group, ...rest }) => jsonKey(rest)).toSorted()]);

function freeGroup(group: string | undefined, properties: readonly VcardProperty[]): string | undefined {
  if (group === undefined) return undefined;
  const taken = new Set(properties.map((property) => property.group?.toLowerCase()));
  if (!taken.has(group.toLowerCase())) return group;
  let count = 1;
  while (taken.has(`item${count}`)) count += 1;
  return `item${count}`;
}
