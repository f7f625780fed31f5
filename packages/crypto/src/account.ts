/**
 * What makes and opens an account or an export: secrets out of passwords and recovery keys, and the wraps of the keys. An entry
 * of its own, so that a page whose keys are open does not load it.
 */
export { deriveExportKey } from "./blob/export-key.ts";
export { unwrapKeyBundle, wrapKeyBundle, type WrappingKey } from "./keys/key-wrap.ts";
export { deriveLogin, type LoginInput, type LoginSecrets } from "./login/derive-login.ts";
export { loginSuite } from "./login/password-hash.ts";
export { createRecoveryKey, deriveRecoveryAuth, deriveRecoveryWrapKey } from "./recovery/recovery-key.ts";
export { exposeRecoveryKeyText, parseRecoveryKey } from "./recovery/recovery-key-text.ts";
