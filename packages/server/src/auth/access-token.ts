import { randomUUID, webcrypto } from "node:crypto";
import { errors, type JWTPayload, jwtVerify, SignJWT } from "jose";
import { ApiError } from "../errors.ts";
import { revealSecret } from "../config/secret.ts";
import type { Secrets } from "../config/secrets.ts";

export const accessTokenSeconds = 15 * 60;
export const recoveryTokenSeconds = 10 * 60;

const algorithm = "HS256";
const issuer = "owlivion-sync";
const audience = "owlivion-sync/api/v1";

export interface AccessClaims {
  readonly userId: string;
  readonly deviceId: string;
  readonly sessionId: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** Good for setting a new secret as long as the account's keys have this version, so once. */
export interface RecoveryClaims {
  readonly userId: string;
  readonly keysVersion: number;
}

/** Signs and verifies the two kinds of JWT. A token of one kind never passes for the other. */
export class AccessTokens {
  readonly #key: webcrypto.CryptoKey;
  readonly #clock: () => number;

  private constructor(key: webcrypto.CryptoKey, clock: () => number) {
    this.#key = key;
    this.#clock = clock;
  }

  /** The key is imported once: importing it for each token costs more than the verification. */
  static async create(secrets: Pick<Secrets, "jwtSecret">, clock: () => number): Promise<AccessTokens> {
    const bytes = new TextEncoder().encode(revealSecret(secrets.jwtSecret));
    const hmac = { name: "HMAC", hash: "SHA-256" };
    return new AccessTokens(await webcrypto.subtle.importKey("raw", bytes, hmac, false, ["sign", "verify"]), clock);
  }

  signAccess(claims: Omit<AccessClaims, "expiresAt">): Promise<string> {
    const payload = { kind: "access", device: claims.deviceId, sid: claims.sessionId };
    return this.#sign(claims.userId, payload, accessTokenSeconds);
  }

  signRecovery(claims: RecoveryClaims): Promise<string> {
    const payload = { kind: "recovery", keys_version: claims.keysVersion };
    return this.#sign(claims.userId, payload, recoveryTokenSeconds);
  }

  /** TOKEN_EXPIRED or INVALID_TOKEN when it is not a valid access token. */
  async verifyAccess(token: string): Promise<AccessClaims> {
    const { sub, device, sid, exp, kind } = await this.#verify(token);
    if (kind !== "access" || sub === undefined || exp === undefined) throw new ApiError("INVALID_TOKEN");
    if (typeof device !== "string" || typeof sid !== "string") throw new ApiError("INVALID_TOKEN");
    return { userId: sub, deviceId: device, sessionId: sid, expiresAt: exp };
  }

  async verifyRecovery(token: string): Promise<RecoveryClaims> {
    const { sub, keys_version: keysVersion, kind } = await this.#verify(token);
    if (kind !== "recovery" || sub === undefined || typeof keysVersion !== "number") {
      throw new ApiError("INVALID_TOKEN");
    }
    return { userId: sub, keysVersion };
  }

  #sign(userId: string, payload: JWTPayload, seconds: number): Promise<string> {
    const now = Math.floor(this.#clock() / 1000);
    return new SignJWT(payload)
      .setProtectedHeader({ alg: algorithm, typ: "JWT" })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(userId)
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + seconds)
      .sign(this.#key);
  }

  async #verify(token: string): Promise<JWTPayload> {
    try {
      const { payload } = await jwtVerify(token, this.#key, {
        algorithms: [algorithm],
        issuer,
        audience,
        currentDate: new Date(this.#clock()),
        requiredClaims: ["sub", "jti", "exp"],
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new ApiError("TOKEN_EXPIRED");
      if (error instanceof errors.JOSEError) throw new ApiError("INVALID_TOKEN");
      throw error;
    }
  }
}
