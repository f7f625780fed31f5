import type { VcardProperty } from "@owlivion/sync-client/data-types";
import { jsonKey } from "./json-key.ts";
import { labelName, readLabel, writeLabel } from "./labels.ts";
import { type ContactPart, type PropertyRule, propertyRules } from "./property-rules.ts";

/** The properties of a card that carry a group, by its name in lower case. */
export type Groups = ReadonlyMap<string, readonly VcardProperty[]>;

export function groupsOf(properties: readonly VcardProperty[]): Groups {
  const groups = new Map<string, VcardProperty[]>();
  for (const property of properties) {
    if (property.group === undefined) continue;
    const key = property.group.toLowerCase();
    groups.set(key, [...(groups.get(key) ?? []), property]);
  }
  return groups;
}

/** The property that labels another one, if the rule knows labels and it has a text. */
export function labelOf(rule: PropertyRule, { group }: VcardProperty, groups: Groups): VcardProperty | undefined {
  if (group === undefined || rule.takesLabel !== true) return undefined;
  return groups.get(group.toLowerCase())!.find(({ name, value }) => name === labelName && readLabel(value) !== "");
}

interface CardReading {
  readonly contact: ContactPart;
  /** Those that the contact's fields do not say, or not wholly: first those of fields, in the order of the fields. */
  readonly kept: readonly VcardProperty[];
}

/**
 * What a contact takes of neutral properties. A property is kept beside its field when writing the field would not give it back:
 * for parameters or parts that no field has, or for a group that it shares with others.
 */
export function readProperties(given: readonly VcardProperty[]): CardReading {
  const properties = given.filter((property) => !isEmpty(property));
  const groups = groupsOf(properties);
  const done = new Set<VcardProperty>();
  const kept: VcardProperty[] = [];
  let contact: ContactPart = {};
  for (const rule of propertyRules) {
    const sources: { part: ContactPart; properties: VcardProperty[] }[] = [];
    for (const property of properties) {
      if (property.name !== rule.name || (rule.isSingle && rule.split(contact).length > 0)) continue;
      const label = labelOf(rule, property, groups);
      const part = rule.read(property, label && readLabel(label.value));
      if (part === null) continue;
      contact = addPart(contact, rule, part);
      const isShared =
        property.group !== undefined && groups.get(property.group.toLowerCase())!.length > (label ? 2 : 1);
      const source = [property, ...(label === undefined || done.has(label) ? [] : [label])];
      if (isShared || !saysAll(rule, part, property, label)) sources.push({ part, properties: source });
      for (const one of source) done.add(one);
    }
    // As an export orders them.
    const order = rule.split(contact).map((part) => jsonKey(part));
    const place = ({ part }: { part: ContactPart }) =>
      Math.min(...rule.split(part).map((one) => order.indexOf(jsonKey(one))));
    for (const source of sources.toSorted((a, b) => place(a) - place(b))) {
      kept.push(...source.properties.map((property) => ({ ...property, field: rule.field })));
    }
  }
  return { contact, kept: [...kept, ...properties.filter((property) => !done.has(property))] };
}

function addPart(contact: ContactPart, rule: PropertyRule, part: ContactPart): ContactPart {
  if (rule.isSingle) return { ...contact, ...part };
  const field = rule.field as "emails";
  const items = new Map([...(contact[field] ?? []), ...part[field]!].map((item) => [jsonKey(item), item]));
  return { ...contact, [field]: [...items.values()] };
}

/** Whether writing the part would give the property and its label back. */
function saysAll(
  rule: PropertyRule,
  part: ContactPart,
  property: VcardProperty,
  label: VcardProperty | undefined,
): boolean {
  const [written] = rule.write(rule.split(part));
  if (written === undefined || meaningOf(rule, written.property) !== meaningOf(rule, property)) return false;
  return label === undefined || (writeLabel(written.label ?? "") === label.value && label.params === undefined);
}

const meaningOf = (rule: PropertyRule, { params = {}, value }: VcardProperty): string =>
  jsonKey([params, rule.meaning(value)]);

/** A property that address books write for every field, filled or not. */
const isEmpty = (property: VcardProperty): boolean =>
  property.params === undefined &&
  /^[;,\s]*$/.test(property.value) &&
  propertyRules.some((rule) => rule.name === property.name && rule.read(property, undefined) === null);
