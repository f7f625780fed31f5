import type { VcardProperty } from "@owlivion/sync-client/data-types";
import { type Groups, groupsOf, labelOf } from "./card-reading.ts";
import { jsonKey } from "./json-key.ts";
import { readLabel } from "./labels.ts";
import { type ContactPart, type PropertyRule } from "./property-rules.ts";

/** The properties of an imported card that a contact still holds, while it is written. */
export class KeptProperties {
  readonly #ofField: ReadonlyMap<string, readonly VcardProperty[]>;
  readonly #groups: Groups;
  readonly #takenNames: Set<string | undefined>;
  readonly #writtenLabels = new Set<VcardProperty>();
  /** Those that no field was read from. */
  readonly others: readonly VcardProperty[];

  constructor(kept: readonly VcardProperty[]) {
    const ofField = new Map<string, VcardProperty[]>();
    for (const { field, ...property } of kept) {
      if (field !== undefined) ofField.set(field, [...(ofField.get(field) ?? []), property]);
    }
    this.#ofField = ofField;
    this.#groups = groupsOf([...ofField.values()].flat());
    this.#takenNames = new Set(kept.map(({ group }) => group?.toLowerCase()));
    this.others = kept.filter(({ field }) => field === undefined);
  }

  /**
   * The properties that still say what the contact says, by the index of the first part that each says. A part that such a
   * property says, but does not begin, has an empty list.
   */
  of(rule: PropertyRule, parts: readonly ContactPart[]): ReadonlyMap<number, readonly VcardProperty[]> {
    const keys = parts.map((part) => jsonKey(part));
    const sources = new Map<number, VcardProperty[]>();
    for (const property of this.#ofField.get(rule.field) ?? []) {
      if (property.name !== rule.name) continue;
      const label = labelOf(rule, property, this.#groups);
      const part = rule.read(property, label && readLabel(label.value));
      const said = part === null ? [-1] : rule.split(part).map((one) => keys.indexOf(jsonKey(one)));
      if (said.includes(-1)) continue;
      for (const index of said) sources.set(index, sources.get(index) ?? []);
      const source = sources.get(Math.min(...said))!;
      source.push(property);
      if (label === undefined || this.#writtenLabels.has(label)) continue;
      this.#writtenLabels.add(label);
      source.push(label);
    }
    return sources;
  }

  /** The name of a group that nothing has. */
  newGroup(): string {
    let count = 1;
    while (this.#takenNames.has(`item${count}`)) count += 1;
    this.#takenNames.add(`item${count}`);
    return `item${count}`;
  }
}
