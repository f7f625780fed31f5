/** One mistake, planted in the product's source, that the simulation has to find. */
export interface Mutant {
  readonly id: string;
  /** The rule of DESIGN.md or docs/protocol.md that it breaks, or the trap it falls into: `R7`, `S14`, `C-I5`. */
  readonly breaks: string;
  /** From the root of the repository. A migration is planted in the database, the rest where it is loaded. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** The source with the mistake in it. A mutant that fits no longer is a mistake of the table. */
export function mutate(mutant: Mutant, source: string): string {
  const places = source.split(mutant.find).length - 1;
  if (places !== 1) throw new Error(`mutant ${mutant.id}: its text stands ${places} times in ${mutant.file}, not once`);
  if (mutant.find === mutant.replace) throw new Error(`mutant ${mutant.id} changes nothing`);
  return source.replace(mutant.find, () => mutant.replace);
}

export const isSqlFile = ({ file }: Pick<Mutant, "file">): boolean => file.endsWith(".sql");
