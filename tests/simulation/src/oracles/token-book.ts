import type { SimRequest } from "../server/sim-server.ts";
import { demand } from "./violation.ts";

/** A time by the world's clock and by the server's. */
export interface Moment {
  readonly ms: number;
  readonly serverMs: number;
}

/** The server gives the same successor for a minute; what is under way for long is nobody's fault. */
const surelyGraceMs = 30_000;

interface Owner {
  readonly userId: string;
  readonly deviceId: string;
}

/** Whose tokens are whose, as the server gave them out; and that a refresh is answered as the rules say (S-I13). */
export class TokenBook {
  readonly #access = new Map<string, Owner>();
  readonly #refresh = new Map<string, Owner>();
  readonly #successors = new Map<string, { readonly token: string; readonly at: Moment }>();
  readonly #presented = new Set<string>();
  /** Of whom a token came that the server may take for stolen: it ends that session. */
  readonly #suspects = new Set<string>();
  readonly #revokedAtMs = new Map<string, number>();

  gave(owner: Owner, tokens: WireTokens): void {
    this.#access.set(tokens.access_token, owner);
    this.#refresh.set(tokens.refresh_token, owner);
  }

  refreshed(old: string, tokens: WireTokens, at: Moment): void {
    const owner = this.#refresh.get(old);
    if (owner !== undefined) this.gave(owner, tokens);
    const before = this.#successors.get(old);
    if (before === undefined) return void this.#successors.set(old, { token: tokens.refresh_token, at });
    demand(before.token === tokens.refresh_token, "S-I13", () => "a refresh token was given two successors");
  }

  /** A refresh arrives: whether the server has to give the token's successor, or give it again (S40). */
  presented(token: string, now: Moment): boolean {
    this.#presented.add(token);
    const deviceId = this.#refresh.get(token)?.deviceId;
    const successor = this.#successors.get(token);
    if (deviceId === undefined || successor === undefined) return false;
    const isAtOnce = now.ms - successor.at.ms < surelyGraceMs;
    const serverMs = now.serverMs - successor.at.serverMs;
    const isFresh = isAtOnce && serverMs >= 0 && serverMs < surelyGraceMs && !this.#presented.has(successor.token);
    if (!isFresh) this.#suspects.add(deviceId);
    return isFresh && !this.#suspects.has(deviceId);
  }

  /** By a sign-in, or by whatever else ends sessions and begins one. */
  signedIn(deviceId: string): void {
    this.#suspects.delete(deviceId);
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

  /** The server may be one of before: whom it revoked since, and which tokens it took, it does not know. */
  cut(): void {
    this.#revokedAtMs.clear();
    this.#successors.clear();
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
