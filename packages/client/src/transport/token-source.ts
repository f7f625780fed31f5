import type { SyncError } from "../errors.ts";

/** Where requests get their access token: the session. */
export interface TokenSource {
  /** A token that is good, as far as is known. `refused`: one that the server just refused, so that it must be another. */
  accessToken(refused?: string): Promise<string>;
  /** The server says that the session of this token is over. */
  sessionEnded(token: string, error: SyncError): Promise<void>;
}
