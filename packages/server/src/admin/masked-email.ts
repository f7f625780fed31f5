/** `a••@e••.com`: enough to tell two apart, too little to read over a shoulder. */
export function maskedEmail(email: string): string {
  const at = email.lastIndexOf("@");
  if (at < 1) return "••";
  const domain = email.slice(at + 1);
  const dot = domain.lastIndexOf(".");
  return `${[...email][0]}••@${[...domain][0] ?? ""}••${dot < 0 ? "" : domain.slice(dot)}`;
}
