import type { SimRequest } from "../server/sim-server.ts";
import { demand } from "./violation.ts";

interface Owner {
  readonly userId: string;
  readonly deviceId: string;
}

/** Whose tokens are whose, as the server gave them out; and that a refresh is answered as the rules say (S-I13). */
export class TokenBook {
  readonly #access = new Map<string, Owner>();
  readonly #refresh = new Map<string, Owner>();
  readonly #successors = new Map<string, { readonly token: string; readonly atMs: number }>();
  readonly #revokedAtMs = new Map<string, number>();

  gave(owner: Owner, tokens: WireTokens): void {
    this.#access.set(tokens.access_token, owner);
    this.#refresh.set(tokens.refresh_token, owner);
  }

  refreshed(old: string, tokens: WireTokens, nowMs: number): void {
    const owner = this.#refresh.get(old);
    if (owner !== undefined) this.gave(owner, tokens);
    const before = this.#successors.get(old);
    if (before === undefined) return void this.#successors.set(old, { token: tokens.refresh_token, atMs: nowMs });
    demand(before.token === tokens.refresh_token, "S-I13", () => "a refresh token was given two successors");
  }

  isRepeat(old: string): boolean {
    return this.#successors.has(old);
  }

  ownerOf({ headers }: SimRequest): Owner | null {
    const bearer = headers["authorization"];
    return bearer === undefined ? null : (this.#access.get(bearer.slice("Bearer ".length)) ?? null);
  }

  /** From now on no token of the device that was given out before opens anything. */
  revoked(deviceId: string): void {
    for (const [token, owner] of this.#access) if (owner.deviceId === deviceId) this.#revokedAtMs.set(token, 0);
  }

  isRevoked({ headers }: SimRequest): boolean {
    const bearer = headers["authorization"];
    return bearer !== undefined && this.#revokedAtMs.has(bearer.slice("Bearer ".length));
  }
}

export interface WireTokens {
  readonly access_token: string;
  readonly refresh_token: string;
}
