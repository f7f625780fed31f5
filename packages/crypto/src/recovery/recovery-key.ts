import { bytesOfUuid } from "../bytes/uuid.ts";
import { derive, labels } from "../keys/derive.ts";
import { AuthSecret, RecoveryKey, recoveryKeyBytes, RecoveryWrapKey } from "../keys/secret-kinds.ts";
import type { RandomBytes } from "../random.ts";

export function createRecoveryKey(random: RandomBytes): RecoveryKey {
  return new RecoveryKey(random(recoveryKeyBytes));
}

/** Wraps the key bundle of one account. */
export function deriveRecoveryWrapKey(recoveryKey: RecoveryKey, accountId: string): RecoveryWrapKey {
  const salt = bytesOfUuid(accountId, "the account id");
  return new RecoveryWrapKey(derive(recoveryKey.exposeSecretBytes(), salt, labels.recoveryWrap));
}

/** Proves the recovery key to the server. Without the account id: who recovers knows only the e-mail. */
export function deriveRecoveryAuth(recoveryKey: RecoveryKey): AuthSecret {
  return new AuthSecret(derive(recoveryKey.exposeSecretBytes(), null, labels.recoveryAuth));
}
