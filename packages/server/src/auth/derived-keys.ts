import { hkdfSync } from "node:crypto";
import { revealSecret } from "../config/secret.ts";
import type { Secrets } from "../config/secrets.ts";

/** Each purpose has a key of its own, so that no value made for one can stand for another. */
export interface DerivedKeys {
  /** Refresh token → its successor. */
  readonly refresh: Buffer;
  /** E-mail → the seed that prelogin answers when there is none. */
  readonly prelogin: Buffer;
  /** E-mail or user → the subject of secret_failures. */
  readonly guesses: Buffer;
}

export function deriveKeys(secrets: Pick<Secrets, "serverSecret">): DerivedKeys {
  const derive = (purpose: string) =>
    Buffer.from(hkdfSync("sha256", revealSecret(secrets.serverSecret), "", `owl1/server/${purpose}`, 32));
  return { refresh: derive("refresh"), prelogin: derive("prelogin"), guesses: derive("guesses") };
}
