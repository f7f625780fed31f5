import { derive, labels } from "../keys/derive.ts";
import { AuthSecret, KeyEncryptionKey } from "../keys/secret-kinds.ts";
import { CryptoError } from "../crypto-error.ts";
import { loginSalt } from "./login-salt.ts";
import { passwordBytes } from "./password-bytes.ts";
import { loginSuite, suiteCost, type PasswordHash } from "./password-hash.ts";

export interface LoginInput {
  readonly email: string;
  readonly password: string;
  /** `kdf_seed` of the account, 32 bytes. */
  readonly seed: Uint8Array;
  /** `auth_suite` of the account. */
  readonly suite: number;
}

export interface LoginSecrets {
  /** Goes to the server. It tells nothing about the other one. */
  readonly authSecret: AuthSecret;
  /** Never leaves the device. */
  readonly kek: KeyEncryptionKey;
}

/** Throws UNKNOWN_SUITE before it derives anything: what a server asks for never makes a weaker hash. */
export async function deriveLogin(input: LoginInput, passwordHash: PasswordHash): Promise<LoginSecrets> {
  if (input.suite !== loginSuite) {
    throw new CryptoError("UNKNOWN_SUITE", "the account asks for a login suite that this version does not know");
  }
  const salt = loginSalt(input.email, input.seed);
  const password = passwordBytes(input.password);
  const root = await hashPassword(password, salt, passwordHash);
  try {
    return {
      authSecret: new AuthSecret(derive(root, null, labels.auth)),
      kek: new KeyEncryptionKey(derive(root, null, labels.kek)),
    };
  } finally {
    root.fill(0);
  }
}

/** Wipes the password's bytes, whatever happens. */
export async function hashPassword(password: Uint8Array, salt: Uint8Array, hash: PasswordHash): Promise<Uint8Array> {
  try {
    const root = await hash(password, salt);
    if (root.length !== suiteCost.hashBytes) {
      throw new CryptoError("INVALID_VALUE", `the password hash must give ${suiteCost.hashBytes} bytes`);
    }
    return root;
  } finally {
    password.fill(0);
  }
}
