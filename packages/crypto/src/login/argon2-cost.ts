import { argon2id as hashWasmArgon2id } from "hash-wasm";
import type { PasswordHash } from "./password-hash.ts";

export interface Argon2Cost {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly lanes: number;
  readonly hashBytes: number;
}

/** Not part of the public interface: the cost is the suite's, and only published vectors ask for another. */
export const argon2idOf =
  (cost: Argon2Cost): PasswordHash =>
  (password, salt) =>
    hashWasmArgon2id({
      password,
      salt,
      memorySize: cost.memoryKiB,
      iterations: cost.passes,
      parallelism: cost.lanes,
      hashLength: cost.hashBytes,
      outputType: "binary",
    });
