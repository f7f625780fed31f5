/** `system`: as the person's device has it. */
export type Scheme = "system" | "light" | "dark";
export const schemes = ["system", "light", "dark"] as const satisfies readonly Scheme[];

const key = "owlivion.scheme";

export const readScheme = (): Scheme => schemes.find((scheme) => scheme === localStorage.getItem(key)) ?? "system";

export function applyScheme(scheme: Scheme): void {
  if (scheme === "system") delete document.documentElement.dataset["owlScheme"];
  else document.documentElement.dataset["owlScheme"] = scheme;
}

/** Of this browser alone: another device may be looked at in another light. */
export function chooseScheme(scheme: Scheme): void {
  localStorage.setItem(key, scheme);
  applyScheme(scheme);
}
