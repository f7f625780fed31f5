/** What somebody types a password for. Loaded when that happens: a device that is signed in syncs without it. */
export { changePassword } from "./change-password.ts";
export { checkKeys } from "./check-keys.ts";
export { deleteAccount } from "./delete-account.ts";
export { newRecoveryKey } from "./new-recovery-key.ts";
export { provePassword, settlePassword } from "./prove-password.ts";
export { rebuildAccount } from "./rebuild-account.ts";
export { recover } from "./recovery.ts";
export { signIn } from "./sign-in.ts";
export { signUp } from "./sign-up.ts";
export { unlock } from "./unlock.ts";
