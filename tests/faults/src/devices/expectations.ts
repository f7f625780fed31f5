/**
 * What one device did, noted as its edits resolve: what must be there in the end, on every device. A device writes only
 * fields and records that are its own, so that whatever is merged the outcome is known: of each field the newest edit.
 */
export interface Expectation {
  /** `attempted` may be ahead of `committed` by the edits during which the process died. */
  readonly fields: Map<string, { committed: number; attempted: number }>;
  deletion: "none" | "attempted" | "committed";
}

export type Note = Record<string, number | string>;

/** One line of a journal: what was begun or done, to which record, with which number in which field. */
export type JournalEntry =
  | { readonly type: "attempt" | "commit"; readonly recordId: string; readonly field: string; readonly value: number }
  | { readonly type: "deleting" | "deleted"; readonly recordId: string };

export class Expectations {
  readonly records = new Map<string, Expectation>();
  readonly #note: (entry: JournalEntry) => void;

  /** @param note is told each entry before anything else happens: to write it down where a killed process leaves it */
  constructor(note: (entry: JournalEntry) => void = () => {}) {
    this.#note = note;
  }

  /** What an earlier life wrote down. */
  take(entry: JournalEntry): void {
    switch (entry.type) {
      case "attempt":
        return this.#attempt(entry.recordId, entry.field, entry.value);
      case "commit":
        return this.#commit(entry.recordId, entry.field, entry.value);
      case "deleting":
        this.of(entry.recordId).deletion = "attempted";
        return;
      case "deleted":
        this.of(entry.recordId).deletion = "committed";
    }
  }

  of(recordId: string): Expectation {
    let found = this.records.get(recordId);
    if (found === undefined) this.records.set(recordId, (found = { fields: new Map(), deletion: "none" }));
    return found;
  }

  attempt(recordId: string, field: string, value: number): void {
    this.#note({ type: "attempt", recordId, field, value });
    this.#attempt(recordId, field, value);
  }

  commit(recordId: string, field: string, value: number): void {
    this.#note({ type: "commit", recordId, field, value });
    this.#commit(recordId, field, value);
  }

  attemptDeletion(recordId: string): void {
    this.#note({ type: "deleting", recordId });
    this.of(recordId).deletion = "attempted";
  }

  commitDeletion(recordId: string): void {
    this.#note({ type: "deleted", recordId });
    this.of(recordId).deletion = "committed";
  }

  #attempt(recordId: string, field: string, value: number): void {
    const { fields } = this.of(recordId);
    fields.set(field, { committed: fields.get(field)?.committed ?? -1, attempted: value });
  }

  #commit(recordId: string, field: string, value: number): void {
    this.of(recordId).fields.set(field, { committed: value, attempted: value });
  }

  /**
   * What contradicts it in what a device shows: each a broken promise.
   *
   * @param isTold whether a journal says why a record is back: the server had lost an edit of it that its deleter may not
   * have known, and an edit beats a deletion
   */
  judge(shown: ReadonlyMap<string, Note>, isTold: (recordId: string) => boolean = () => false): string[] {
    return [...this.records].flatMap(([recordId, { fields, deletion }]) => {
      const record = shown.get(recordId);
      if (deletion === "committed") {
        return record === undefined || isTold(recordId) ? [] : [`S-I8: ${recordId} was deleted and is back`];
      }
      if (record === undefined) {
        const wasCommitted = [...fields.values()].some(({ committed }) => committed >= 0);
        return deletion === "none" && wasCommitted ? [`C-I5: ${recordId} is gone`] : [];
      }
      return [...fields].flatMap(([field, { committed, attempted }]) => {
        const value = record[field];
        if (value === undefined) return committed < 0 ? [] : [`C-I5: ${recordId}.${field} is gone, was ${committed}`];
        if (typeof value === "number" && value >= committed && value <= attempted) return [];
        return [`C-I5: ${recordId}.${field} is ${value}, the newest edit was ${committed}`];
      });
    });
  }
}
