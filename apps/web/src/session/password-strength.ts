export type Strength = "none" | "weak" | "fair" | "good";

const kinds = [/\p{Ll}/u, /\p{Lu}/u, /\p{N}/u, /[^\p{L}\p{N}\s]/u];

/** A rough guess from length and kinds of characters, to encourage longer ones; what is refused is the SDK's decision. */
export function passwordStrength(password: string): Strength {
  const characters = [...password];
  if (characters.length === 0) return "none";
  const distinct = new Set(characters).size;
  const words = password.split(/\s+/).filter((word) => word.length > 2).length;
  const variety = kinds.filter((kind) => kind.test(password)).length;
  const score = distinct + 2 * variety + 3 * Math.max(0, words - 1);
  if (characters.length < 10 || score < 14) return "weak";
  return score < 22 ? "fair" : "good";
}
