/** Wrong secrets that cost nothing, in one window. */
export const freeGuesses = 10;

const firstDelaySeconds = 30;
const longestDelaySeconds = 60 * 60;

/** How long nobody may try after so many wrong secrets: nothing, then doubling up to an hour. */
export function guessDelaySeconds(failures: number): number {
  if (failures < freeGuesses) return 0;
  return Math.min(firstDelaySeconds * 2 ** (failures - freeGuesses), longestDelaySeconds);
}

/** The delays from the first to the longest, for the statement that counts. */
export const guessDelays: readonly number[] = makeDelays();

function makeDelays(): number[] {
  const delays: number[] = [];
  for (let failures = freeGuesses; delays.at(-1) !== longestDelaySeconds; failures++) {
    delays.push(guessDelaySeconds(failures));
  }
  return delays;
}
