/** Every connection is in use and none became free in time: the server is overloaded, not broken. */
export class PoolExhaustedError extends Error {
  constructor(cause: Error) {
    super("No database connection became free in time", { cause });
    this.name = "PoolExhaustedError";
  }
}
