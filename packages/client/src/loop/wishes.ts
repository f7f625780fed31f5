/** What the next run of the sync has to do. */
export type Wish =
  /** Ask the server about everything. */
  | { readonly type: "everything" }
  /** Send the edits of a data type; the reply brings what is new. */
  | { readonly type: "push"; readonly dataType: string }
  /** Somebody else wrote. */
  | { readonly type: "pull"; readonly dataType: string };

/** Wishes that came in, merged, until a run takes them. */
export class Wishes {
  #everything = false;
  readonly #push = new Set<string>();
  readonly #pull = new Set<string>();

  add(wish: Wish): void {
    if (wish.type === "everything") this.#everything = true;
    else if (wish.type === "push") this.#push.add(wish.dataType);
    else this.#pull.add(wish.dataType);
  }

  get isEmpty(): boolean {
    return !this.#everything && this.#push.size === 0 && this.#pull.size === 0;
  }

  /** Everything, or the data types to sync; they are wishes no more. */
  take(): { readonly everything: boolean; readonly dataTypes: readonly string[] } {
    const taken = { everything: this.#everything, dataTypes: [...new Set([...this.#pull, ...this.#push])] };
    this.#everything = false;
    this.#push.clear();
    this.#pull.clear();
    return taken;
  }
}
