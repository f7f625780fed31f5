/** What one round in the page took. */
export interface WebRound {
  readonly records: number;
  readonly downloadMs: number;
  readonly decryptMs: number;
  readonly insertMs: number;
  /** The SDK's first download. */
  readonly engineMs: number;
  readonly listMs: number;
  /** The rows of the list, read by `getAll`. */
  readonly rowsMs: number;
}
