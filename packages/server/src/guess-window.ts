/** Wrong secrets are counted together for so long. */
export const guessWindowSeconds = 15 * 60;
