import { createHmac, type KeyObject } from "node:crypto";
import { type AccessClaims, type AccessTokens, ApiError, type RecoveryClaims } from "@owlivion/sync-server/handlers";

const accessMs = 15 * 60_000;
const recoveryMs = 10 * 60_000;

type Claims = Record<string, string | number> & { readonly kind: string; readonly exp: number };

/**
 * Access tokens with the claims, lifetimes and errors of production's. WebCrypto, which signs those, works in threads of its
 * own: what it answers would come in an order that no seed decides.
 */
export function createSimTokens(key: KeyObject, nowMs: () => number, newId: () => string): AccessTokens {
  const macOf = (text: string) => createHmac("sha256", key).update(text).digest("base64url");
  const sign = (claims: Omit<Claims, "exp">, lifeMs: number): string => {
    const exp = Math.floor(nowMs() / 1000) + lifeMs / 1000;
    const text = Buffer.from(JSON.stringify({ ...claims, exp, jti: newId() })).toString("base64url");
    return `${text}.${macOf(text)}`;
  };
  const verify = (token: string, kind: string): Claims => {
    const [text, mac, ...rest] = token.split(".");
    if (text === undefined || mac === undefined || rest.length > 0 || macOf(text) !== mac) {
      throw new ApiError("INVALID_TOKEN");
    }
    const claims = JSON.parse(Buffer.from(text, "base64url").toString()) as Claims;
    if (claims.exp <= Math.floor(nowMs() / 1000)) throw new ApiError("TOKEN_EXPIRED");
    if (claims.kind !== kind) throw new ApiError("INVALID_TOKEN");
    return claims;
  };
  return {
    async signAccess({ userId, deviceId, sessionId }: Omit<AccessClaims, "expiresAt">) {
      return sign({ kind: "access", userId, deviceId, sessionId }, accessMs);
    },
    async signRecovery({ userId, keysVersion }: RecoveryClaims) {
      return sign({ kind: "recovery", userId, keysVersion }, recoveryMs);
    },
    async verifyAccess(token): Promise<AccessClaims> {
      const { userId, deviceId, sessionId, exp } = verify(token, "access");
      return {
        userId: String(userId),
        deviceId: String(deviceId),
        sessionId: String(sessionId),
        expiresAt: exp!,
      };
    },
    async verifyRecovery(token): Promise<RecoveryClaims> {
      const { userId, keysVersion } = verify(token, "recovery");
      return { userId: String(userId), keysVersion: Number(keysVersion) };
    },
  };
}
