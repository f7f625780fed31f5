/** Where the parts of a wrap stand: format u8, suite u8, purpose u8, key_epoch u32, commitment 32, nonce 24, ciphertext. */
export const wrapAt = {
  format: 0,
  suite: 1,
  purpose: 2,
  keyEpoch: 3,
  commitment: 7,
  nonce: 39,
  ciphertext: 63,
} as const;
export const wrapFormat = 1;
export const wrapSuite = 1;
/** Which secret a wrap was made with. */
export const wrapPurposes = { password: 1, recovery: 2 } as const;
const tagBytes = 16;
export const wrapOverheadBytes = wrapAt.ciphertext + tagBytes;
