import { checkLength } from "../bytes/check.ts";
import { derive, labels } from "../keys/derive.ts";
import { BlobKey } from "../keys/secret-kinds.ts";
import { hashPassword } from "../login/derive-login.ts";
import { passwordBytes } from "../login/password-bytes.ts";
import { saltBytes, type PasswordHash } from "../login/password-hash.ts";

/** For an export that a person opens by a passphrase, on whatever account; the 16 random bytes of salt go beside it. */
export async function deriveExportKey(
  input: { readonly passphrase: string; readonly salt: Uint8Array },
  passwordHash: PasswordHash,
): Promise<BlobKey> {
  checkLength(input.salt, saltBytes, "the salt");
  const root = await hashPassword(passwordBytes(input.passphrase), input.salt, passwordHash);
  try {
    return new BlobKey(derive(root, null, labels.exportKey));
  } finally {
    root.fill(0);
  }
}
