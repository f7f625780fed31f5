/** One file of vectors: each case stands on a line of its own. */
export interface VectorFile {
  readonly about: string;
  readonly cases: readonly object[];
}
