import { type BlobKey, createBlobKey, openBlob, sealBlob, systemRandom } from "@owlivion/sync-crypto";
import { SyncError } from "../errors.ts";
import type { Protector } from "./store.ts";

const label = "device";

/** Protects under a key that somebody else keeps, or that ends with the process. */
export function blobProtector(key: BlobKey = createBlobKey(systemRandom)): Protector {
  return {
    async protect(plain) {
      return sealBlob(key, label, plain, systemRandom);
    },
    async unprotect(sealed) {
      try {
        return openBlob(key, label, sealed);
      } catch (cause) {
        throw new SyncError("KEY_UNAVAILABLE", { cause });
      }
    },
  };
}
