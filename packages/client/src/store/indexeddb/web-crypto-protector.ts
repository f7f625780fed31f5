import type { IDBPDatabase } from "idb";
import { SyncError } from "../../errors.ts";
import type { Protector } from "../store.ts";
import { deviceTable } from "./migrations.ts";

const format = 1;
const ivBytes = 12;
const keyName = "protector";

/** Seals as `format u8 ‖ iv 12 ‖ AES-256-GCM` under a key that scripts can use but not read. */
export async function webCryptoProtector(db: IDBPDatabase): Promise<Protector> {
  const key = await loadKey(db);
  return {
    async protect(plain) {
      const iv = crypto.getRandomValues(new Uint8Array(ivBytes));
      const sealed = await crypto.subtle.encrypt(algorithm(iv), key, new Uint8Array(plain));
      const result = new Uint8Array(1 + ivBytes + sealed.byteLength);
      result[0] = format;
      result.set(iv, 1);
      result.set(new Uint8Array(sealed), 1 + ivBytes);
      return result;
    },
    async unprotect(sealed) {
      const bytes = new Uint8Array(sealed);
      if (bytes[0] !== format) throw new SyncError("KEY_UNAVAILABLE");
      const iv = bytes.subarray(1, 1 + ivBytes);
      try {
        return new Uint8Array(await crypto.subtle.decrypt(algorithm(iv), key, bytes.subarray(1 + ivBytes)));
      } catch (cause) {
        throw new SyncError("KEY_UNAVAILABLE", { cause });
      }
    },
  };
}

function algorithm(iv: Uint8Array<ArrayBuffer>): AesGcmParams {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode("owl1/device") };
}

async function loadKey(db: IDBPDatabase): Promise<CryptoKey> {
  const found = (await db.get(deviceTable, keyName)) as CryptoKey | undefined;
  if (found !== undefined) return found;
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const tx = db.transaction(deviceTable, "readwrite", { durability: "strict" });
  // Another tab may have been faster.
  const key = ((await tx.store.get(keyName)) as CryptoKey | undefined) ?? made;
  await tx.store.put(key, keyName);
  await tx.done;
  return key;
}
