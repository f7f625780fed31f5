import type { Bytes } from "../bytes/bytes.ts";
import { utf8Of } from "../bytes/check.ts";
import { putU16 } from "../bytes/integers.ts";
import { CryptoError } from "../crypto-error.ts";

/** A caller's label as `u16 length ‖ UTF-8`. */
export function prefixedLabel(label: string): Bytes {
  const text = utf8Of(label, "a label");
  if (text.length === 0 || text.length > 0xffff) {
    throw new CryptoError("INVALID_VALUE", "a label has 1 to 65535 bytes");
  }
  const out = new Uint8Array(2 + text.length);
  putU16(out, 0, text.length);
  out.set(text, 2);
  return out;
}
