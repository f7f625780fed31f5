import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { argon2id as nobleArgon2id } from "@noble/hashes/argon2.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { argon2id } from "@owlivion/sync-crypto/argon2";
import { expect, test } from "vitest";
import { argon2idOf } from "../src/login/argon2-cost.ts";
import { bytesOfHex, hexOf } from "./support/read-vectors.ts";

/** Published vectors of the primitives, through the very modules that this package uses. */

test("RFC 9106, 5.3: Argon2id", () => {
  const fill = (byte: number, length: number) => new Uint8Array(length).fill(byte);
  const options = { t: 3, m: 32, p: 4, dkLen: 32, key: fill(3, 8), personalization: fill(4, 12) };
  // Only the pure implementation takes associated data; the next two tests tie the other one to it.
  expect(hexOf(nobleArgon2id(fill(1, 32), fill(2, 16), options))).toBe(
    "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659",
  );
});

test("the reference implementation's Argon2id vectors", async () => {
  const hash = (password: string, salt: string, cost: { passes: number; memoryKiB: number; lanes: number }) =>
    argon2idOf({ ...cost, hashBytes: 32 })(new TextEncoder().encode(password), new TextEncoder().encode(salt));
  const cost = { passes: 2, memoryKiB: 65_536, lanes: 1 };
  expect(hexOf(await hash("password", "somesalt", cost))).toBe(
    "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7",
  );
  expect(hexOf(await hash("password", "somesalt", { ...cost, memoryKiB: 256 }))).toBe(
    "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe",
  );
  expect(hexOf(await hash("password", "somesalt", { ...cost, memoryKiB: 256, lanes: 2 }))).toBe(
    "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037",
  );
  expect(hexOf(await hash("differentpassword", "somesalt", cost))).toBe(
    "0b84d652cf6b0c4beaef0dfe278ba6a80df6696281d7e0d2891b817d8c458fde",
  );
});

test("Argon2id of suite 1 agrees with a second implementation", async () => {
  const [password, salt] = [new TextEncoder().encode("pässwörd"), Uint8Array.from({ length: 16 }, (_, i) => i)];
  const pure = nobleArgon2id(password, salt, { t: 3, m: 65_536, p: 1, dkLen: 32 });
  expect(hexOf(await argon2id(password, salt))).toBe(hexOf(pure));
}, 60_000);

test("draft-irtf-cfrg-xchacha, A.3.1", () => {
  const cipher = () =>
    xchacha20poly1305(
      bytesOfHex("808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f"),
      bytesOfHex("404142434445464748494a4b4c4d4e4f5051525354555657"),
      bytesOfHex("50515253c0c1c2c3c4c5c6c7"),
    );
  const plaintext = new TextEncoder().encode(
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.",
  );
  const sealed =
    "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b4522f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff921f9664c97637da9768812f615c68b13b52e" +
    "c0875924c1c7987947deafd8780acf49";
  expect(hexOf(cipher().encrypt(plaintext))).toBe(sealed);
  expect(cipher().decrypt(bytesOfHex(sealed))).toEqual(plaintext);
});

test.each([
  {
    name: "A.1",
    ikm: "0b".repeat(22),
    salt: "000102030405060708090a0b0c",
    info: "f0f1f2f3f4f5f6f7f8f9",
    okm: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
  },
  {
    name: "A.2",
    ikm: hexOf(Uint8Array.from({ length: 80 }, (_, i) => i)),
    salt: hexOf(Uint8Array.from({ length: 80 }, (_, i) => 0x60 + i)),
    info: hexOf(Uint8Array.from({ length: 80 }, (_, i) => 0xb0 + i)),
    okm: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
  },
  {
    name: "A.3",
    ikm: "0b".repeat(22),
    salt: "",
    info: "",
    okm: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
  },
])("RFC 5869, $name", ({ ikm, salt, info, okm }) => {
  expect(hexOf(hkdf(sha256, bytesOfHex(ikm), bytesOfHex(salt), bytesOfHex(info), okm.length / 2))).toBe(okm);
});
