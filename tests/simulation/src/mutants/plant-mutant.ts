import { readFileSync } from "node:fs";
import { registerHooks } from "node:module";
import { isSqlFile, type Mutant, mutate } from "./mutant.ts";

const root = new URL("../../../../", import.meta.url);

export interface PlantedMutant {
  /** Throws when the file it is in was never loaded: the run would be one of the healthy product. */
  assertPlanted(): void;
}

/**
 * Plants a mutant in what this thread loads from now on, as TypeScript, before its types are stripped. So it comes first, and
 * the simulation after it, by `await import(…)`. A migration is planted by whoever migrates the database.
 */
export function plantMutant(mutant: Mutant): PlantedMutant {
  const file = new URL(mutant.file, root);
  mutate(mutant, readFileSync(file, "utf8"));
  if (isSqlFile(mutant)) return { assertPlanted: () => {} };
  let isPlanted = false;
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      if (url !== file.href) return loaded;
      isPlanted = true;
      return { ...loaded, source: mutate(mutant, textOf(loaded.source)) };
    },
  });
  return {
    assertPlanted() {
      if (!isPlanted) throw new Error(`mutant ${mutant.id}: ${mutant.file} was not loaded after it was planted`);
    },
  };
}

function textOf(source: string | NodeJS.ArrayBufferView | ArrayBuffer | undefined): string {
  if (typeof source === "string") return source;
  if (source === undefined) throw new Error("a module without source");
  return new TextDecoder().decode(source);
}
