const shapes = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  instant: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(\d{3})?Z$/,
};
/** Fields whose text is made anew each time. */
const tokens = new Set(["access_token", "refresh_token", "recovery_token", "next_cursor"]);
/** Times that the server writes late: it depends on the moment whether there is one yet. */
const late = new Set(["last_sync_at"]);
const more = "…";

/**
 * Compares what a page shows with what the server answers. Ids, times and tokens differ from run to run: they must have
 * the shape that is shown, and one that is shown twice must be the same twice. `…` stands for whatever else there is: as
 * a key, as the last element of a list, at the end of a text.
 */
export class Likeness {
  readonly #actual = new Map<string, string>();
  readonly #latest = new Map<string, string>();

  /** A request as it is shown, made one that this run understands: `{name}` is the latest answer's field of that name. */
  expand(text: string): string {
    const named = text.replaceAll(/\{([a-z_]+)\}/g, (whole, name: string) => {
      const value = this.#latest.get(name);
      if (value === undefined) throw new Error(`${whole} stands for nothing that was answered before`);
      return value;
    });
    return [...this.#actual].reduce((whole, [shown, actual]) => whole.replaceAll(shown, actual), named);
  }

  /** Remembers the fields of an answer by their names, those of a named speaker as `speaker_field`. */
  remember(answer: unknown, speaker: string): void {
    if (typeof answer !== "object" || answer === null) return;
    for (const [name, value] of Object.entries(answer)) {
      if (typeof value === "object") this.remember(value, speaker);
      else this.#latest.set(speaker === "" ? name : `${speaker}_${name}`, String(value));
    }
  }

  /** Where the answer is unlike what is shown; empty: it is alike. */
  differences(shown: unknown, actual: unknown, path = "", key = ""): string[] {
    if (shown === more) return [];
    if (Array.isArray(shown) && Array.isArray(actual)) return this.#inList(shown, actual, path);
    if (isObject(shown) && isObject(actual)) return this.#inObject(shown, actual, path);
    if (typeof shown === "string" && typeof actual === "string" && this.#isAlike(shown, actual, key)) return [];
    if (late.has(key) && (shown === null || actual === null)) return [];
    return shown === actual
      ? []
      : [`${path || "the body"}: shown ${JSON.stringify(shown)}, answered ${JSON.stringify(actual)}`];
  }

  #inList(shown: readonly unknown[], actual: readonly unknown[], path: string): string[] {
    const isOpen = shown.at(-1) === more;
    const known = isOpen ? shown.slice(0, -1) : shown;
    if (isOpen ? actual.length < known.length : actual.length !== known.length) {
      return [`${path}: shown ${known.length} elements, answered ${actual.length}`];
    }
    return known.flatMap((value, i) => this.differences(value, actual[i], `${path}[${i}]`));
  }

  #inObject(shown: Record<string, unknown>, actual: Record<string, unknown>, path: string): string[] {
    const missing = Object.keys(shown).filter((name) => name !== more && !(name in actual));
    const extra = more in shown ? [] : Object.keys(actual).filter((name) => !(name in shown));
    return [
      ...missing.map((name) => `${path}.${name}: shown, not answered`),
      ...extra.map((name) => `${path}.${name}: answered ${JSON.stringify(actual[name])}, not shown`),
      ...Object.keys(shown)
        .filter((name) => name !== more && name in actual)
        .flatMap((name) => this.differences(shown[name], actual[name], `${path}.${name}`, name)),
    ];
  }

  #isAlike(shown: string, actual: string, key: string): boolean {
    if (shown === actual) return true;
    if (shown.endsWith(more)) return tokens.has(key) || actual.startsWith(shown.slice(0, -1));
    const isVariable =
      tokens.has(key) || Object.values(shapes).some((shape) => shape.test(shown) && shape.test(actual));
    if (!isVariable) return false;
    const known = this.#actual.get(shown);
    this.#actual.set(shown, known ?? actual);
    return known === undefined || known === actual;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
