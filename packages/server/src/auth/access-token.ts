import { webcrypto } from "node:crypto";
import { errors, type JWTPayload, jwtVerify, SignJWT } from "jose";
import { ApiError } from "../errors.ts";
import { revealSecret } from "../config/secret.ts";
import type { Secrets } from "../config/secrets.ts";
import type { Random } from "../random.ts";

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

/** Signs and verifies the two kinds of token. One of one kind never passes for the other. */
export interface AccessTokens {
  signAccess(claims: Omit<AccessClaims, "expiresAt">): Promise<string>;
  signRecovery(claims: RecoveryClaims): Promise<string>;
  /** TOKEN_EXPIRED or INVALID_TOKEN when it is not a valid access token. */
  verifyAccess(token: string): Promise<AccessClaims>;
  verifyRecovery(token: string): Promise<RecoveryClaims>;
}

interface TokenPorts {
  readonly clock: () => number;
  readonly random: Random;
}

/** The key is imported once: importing it for each token costs more than the verification. */
export async function createJwtTokens(secrets: Pick<Secrets, "jwtSecret">, ports: TokenPorts): Promise<AccessTokens> {
  const bytes = new TextEncoder().encode(revealSecret(secrets.jwtSecret));
  const hmac = { name: "HMAC", hash: "SHA-256" };
  return new JwtTokens(await webcrypto.subtle.importKey("raw", bytes, hmac, false, ["sign", "verify"]), ports);
}

class JwtTokens implements AccessTokens {
  readonly #key: webcrypto.CryptoKey;
  readonly #ports: TokenPorts;

  constructor(key: webcrypto.CryptoKey, ports: TokenPorts) {
    this.#key = key;
    this.#ports = ports;
  }

  signAccess(claims: Omit<AccessClaims, "expiresAt">): Promise<string> {
    const payload = { kind: "access", device: claims.deviceId, sid: claims.sessionId };
    return this.#sign(claims.userId, payload, accessTokenSeconds);
  }

  signRecovery(claims: RecoveryClaims): Promise<string> {
    const payload = { kind: "recovery", keys_version: claims.keysVersion };
    return this.#sign(claims.userId, payload, recoveryTokenSeconds);
  }

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
    const now = Math.floor(this.#ports.clock() / 1000);
    return new SignJWT(payload)
      .setProtectedHeader({ alg: algorithm, typ: "JWT" })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(userId)
      .setJti(this.#ports.random.uuid())
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
        currentDate: new Date(this.#ports.clock()),
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
