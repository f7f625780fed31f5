import { deriveLogin } from "@owlivion/sync-crypto/account";
import { argon2id } from "@owlivion/sync-crypto/argon2";
import { loginSalt } from "../../src/login/login-salt.ts";
import { passwordBytes } from "../../src/login/password-bytes.ts";
import { hex, VectorRandom, words } from "./random.ts";
import type { VectorFile } from "./vector-file.ts";

const emails = [
  "ada@example.com",
  "Ada@Example.COM",
  "  ada@example.com",
  "ada@example.com\t\n",
  "İ@example.com",
  "I@example.com",
  "ı@example.com",
  "ß@example.com",
  "ẞ@example.com",
  "zoë@example.com",
  "zoe\u0308@example.com",
  "ZOË@EXAMPLE.COM",
  "🦉@example.com",
  "日本@例え.jp",
  "a+tag@example.com",
  "a.b.c@example.com",
  "ﬁ@example.com",
  "Å@example.com",
  "\u212b@example.com",
  "Σ@example.com",
  `${"x".repeat(242)}@example.com`,
];

export function saltVectors(): VectorFile {
  const random = new VectorRandom("salts");
  const seeds = [new Uint8Array(32), new Uint8Array(32).fill(255), random.bytes(32)];
  return {
    about: "loginSalt: the Argon2id salt of an e-mail and a seed",
    cases: emails.flatMap((email) =>
      seeds.map((seed) => ({ email, seed: hex(seed), salt: hex(loginSalt(email, seed)) })),
    ),
  };
}

export function passwordVectors(): VectorFile {
  const passwords = [
    ...words.filter((word) => word !== ""),
    " ",
    "correct horse battery staple",
    " correct horse battery staple ",
    "p\u00e4ssw\u00f6rd",
    "pa\u0308sswo\u0308rd",
    "x".repeat(1024),
    "ü".repeat(512),
  ];
  return {
    about: "The bytes of a password that are hashed: UTF-8 of NFKC, nothing trimmed",
    cases: passwords.map((password) => ({ password, bytes: hex(passwordBytes(password)) })),
  };
}

/** At the real cost: slow, so few. */
export async function kdfVectors(): Promise<VectorFile> {
  const random = new VectorRandom("kdf");
  const inputs = [
    { email: "ada@example.com", password: "correct horse battery staple" },
    { email: " Zoe\u0308@Example.com ", password: "pa\u0308sswo\u0308rd ﬁ" },
    { email: "İ@example.com", password: "  🦉  " },
    { email: "a@b.c", password: "x" },
  ];
  const cases: object[] = [];
  for (const { email, password } of inputs) {
    const seed = random.bytes(32);
    const { authSecret, kek } = await deriveLogin({ email, password, seed, suite: 1 }, argon2id);
    const root = await argon2id(passwordBytes(password), loginSalt(email, seed));
    cases.push({
      suite: 1,
      email,
      password,
      seed: hex(seed),
      root: hex(root),
      authSecret: authSecret.exposeWireText(),
      kek: hex(kek.exposeSecretBytes()),
    });
  }
  return { about: "deriveLogin at the cost of suite 1; root is what Argon2id gives", cases };
}
