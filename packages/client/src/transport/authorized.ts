import { isSyncError } from "../errors.ts";
import type { TokenSource } from "./token-source.ts";

/**
 * Sends with the session's access token: after TOKEN_EXPIRED or INVALID_TOKEN once more with another one. That the session
 * is over is told to its owner, and thrown.
 */
export async function authorized<T>(tokens: TokenSource, send: (accessToken: string) => Promise<T>): Promise<T> {
  let token = await tokens.accessToken();
  try {
    try {
      return await send(token);
    } catch (error) {
      if (!isSyncError(error, "TOKEN_EXPIRED") && !isSyncError(error, "INVALID_TOKEN")) throw error;
      token = await tokens.accessToken(token);
      return await send(token);
    }
  } catch (error) {
    if (isSyncError(error, "SESSION_REVOKED") || isSyncError(error, "ACCOUNT_DISABLED")) {
      await tokens.sessionEnded(token, error);
    }
    throw error;
  }
}
