/** Argon2id as a port: 32 bytes of a password and a salt, at the cost of suite 1. */
export type PasswordHash = (password: Uint8Array, salt: Uint8Array) => Promise<Uint8Array>;

/** The one suite there is. Its cost is not negotiated: a server that asks for another gets nothing. */
export const loginSuite = 1;

export const suiteCost = { memoryKiB: 65_536, passes: 3, lanes: 1, hashBytes: 32 } as const;
export const saltBytes = 16;
