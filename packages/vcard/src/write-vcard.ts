import { type Contact, contactName, type VcardProperty } from "@owlivion/sync-client/data-types";
import { writeContentLine } from "./content-line.ts";
import { KeptProperties } from "./kept-properties.ts";
import { labelName, writeLabel } from "./labels.ts";
import { toVersion, type VcardVersion } from "./neutral-property.ts";
import { writeOtherFields } from "./other-fields.ts";
import { type PropertyRule, propertyRules, type WrittenProperty } from "./property-rules.ts";

/** A contact as the text of one vCard. What was kept of an imported one is given back. */
export function writeVcard(contact: Contact, version: VcardVersion = "4.0"): string {
  const kept = new KeptProperties(contact.vcardExtra ?? []);
  const named = { ...contact, name: contactName(contact) };
  const properties: VcardProperty[] = [{ name: "VERSION", value: version }];
  for (const rule of propertyRules) {
    const written = writeRule(rule, named, kept);
    properties.push(...(written.length === 0 ? demanded(rule, version) : written));
  }
  properties.push(...kept.others, ...writeOtherFields(contact));
  const lines = properties.map((property) => writeContentLine(toVersion(property, version)));
  return `BEGIN:VCARD\r\n${lines.join("")}END:VCARD\r\n`;
}

/** Both versions demand FN, 3.0 also N. */
function demanded({ name }: PropertyRule, version: VcardVersion): VcardProperty[] {
  if (name === "FN") return [{ name, value: "" }];
  return name === "N" && version === "3.0" ? [{ name, value: ";;;;" }] : [];
}

/** What a rule says of the contact: kept properties where they still hold, new ones between them. */
function writeRule(rule: PropertyRule, contact: Contact, kept: KeptProperties): VcardProperty[] {
  const parts = rule.split(contact);
  const sources = kept.of(rule, parts);
  const properties: VcardProperty[] = [];
  for (let i = 0; i < parts.length;) {
    let end = i;
    while (end < parts.length && !sources.has(end)) end += 1;
    if (end > i) properties.push(...rule.write(parts.slice(i, end)).flatMap((written) => withLabel(written, kept)));
    properties.push(...(sources.get(end) ?? []));
    i = end + 1;
  }
  return properties;
}

function withLabel({ property, label }: WrittenProperty, kept: KeptProperties): VcardProperty[] {
  if (label === undefined || label === "") return [property];
  const group = kept.newGroup();
  return [
    { group, ...property },
    { group, name: labelName, value: writeLabel(label) },
  ];
}
