import { type BlobKey, createBlobKey, openBlob, type RandomBytes, sealBlob, systemRandom } from "@owlivion/sync-crypto";
import { SyncError } from "../errors.ts";
import type { Protector } from "./store.ts";

const label = "device";

/** Protects under a key that somebody else keeps, or that ends with the process. */
export function blobProtector(key?: BlobKey, random: RandomBytes = systemRandom): Protector {
  const ownKey = key ?? createBlobKey(random);
  return {
    async protect(plain) {
      return sealBlob(ownKey, label, plain, random);
    },
    async unprotect(sealed) {
      try {
        return openBlob(ownKey, label, sealed);
      } catch (cause) {
        throw new SyncError("KEY_UNAVAILABLE", { cause });
      }
    },
  };
}
