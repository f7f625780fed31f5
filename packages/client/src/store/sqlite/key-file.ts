import { chmod, readFile } from "node:fs/promises";
import { BlobKey, createBlobKey, systemRandom } from "@owlivion/sync-crypto";
import { writePrivateFile } from "./private-file.ts";

const keyBytes = 32;

/** The device's own key, made when there is none. What an earlier key sealed stays sealed: KEY_UNAVAILABLE. */
export async function loadKeyFile(path: string): Promise<BlobKey> {
  const bytes = await readKey(path);
  if (bytes?.length === keyBytes) {
    await chmod(path, 0o600);
    return new BlobKey(bytes);
  }
  const key = createBlobKey(systemRandom);
  await writePrivateFile(path, key.exposeSecretBytes());
  return key;
}

async function readKey(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
