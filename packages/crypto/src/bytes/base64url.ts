const replaced: Readonly<Record<string, string>> = { "+": "-", "/": "_", "=": "" };

/** Base64url without padding: the text form of record ids and of auth secrets. Small, because every page loads it. */
export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll(/[+/=]/g, (char) => replaced[char] ?? "");
}
