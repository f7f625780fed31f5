import { limits } from "@owlivion/sync-protocol";
import { invalidField } from "../invalid-field.ts";

/** Counted in bytes, nothing is cut off (S44). */
export function assertSecretLength(secret: string, field: string): void {
  const bytes = Buffer.byteLength(secret, "utf8");
  if (bytes < limits.minSecretBytes || bytes > limits.maxSecretBytes) {
    throw invalidField(field, `must have ${limits.minSecretBytes} to ${limits.maxSecretBytes} bytes`);
  }
}
