import { isCryptoError, RecoveryKey } from "@owlivion/sync-crypto";
import {
  deriveRecoveryAuth,
  deriveRecoveryWrapKey,
  exposeRecoveryKeyText,
  parseRecoveryKey,
} from "@owlivion/sync-crypto/account";
import { hex, VectorRandom } from "./random.ts";
import type { VectorFile } from "./vector-file.ts";

export function recoveryKeyVectors(): VectorFile {
  const random = new VectorRandom("recovery-keys");
  const keys: Uint8Array[] = [new Uint8Array(20), new Uint8Array(20).fill(255)];
  while (keys.length < 60) keys.push(random.bytes(20));
  const cases = keys.map((bytes) => {
    const key = new RecoveryKey(bytes);
    const text = exposeRecoveryKeyText(key);
    const accountId = random.uuid();
    return {
      bytes: hex(bytes),
      text,
      // What a person may type instead.
      accepted: [
        text.toLowerCase(),
        text.replaceAll("-", ""),
        text.replaceAll("-", " "),
        ` ${text.replaceAll("-", "\u2013")}\n`,
        text.replaceAll("0", "O").replaceAll("1", "l"),
        text.replaceAll("0", "o").replaceAll("1", "I").toLowerCase(),
      ],
      accountId,
      wrapKey: hex(deriveRecoveryWrapKey(key, accountId).exposeSecretBytes()),
      authSecret: deriveRecoveryAuth(key).exposeWireText(),
    };
  });
  return { about: "Recovery keys: text, accepted forms of it, and what is derived", cases };
}

export function negativeRecoveryKeyVectors(): VectorFile {
  const random = new VectorRandom("negative-recovery-keys");
  const text = exposeRecoveryKeyText(new RecoveryKey(random.bytes(20)));
  const other = exposeRecoveryKeyText(new RecoveryKey(random.bytes(20)));
  const groups = text.split("-");
  const mutations: [string, string][] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === "-") continue;
    mutations.push([`character ${at} is another one`, replaceAt(text, at, text[at] === "7" ? "8" : "7")]);
  }
  groups.forEach((group, i) => {
    const withGroup = (changed: string) => groups.with(i, changed).join("-");
    mutations.push([`group ${i + 1} has a U`, withGroup(`U${group.slice(1)}`)]);
    mutations.push([`group ${i + 1} has a symbol`, withGroup(`${group.slice(0, 3)}!`)]);
    mutations.push([`group ${i + 1} lacks a character`, withGroup(group.slice(1))]);
    mutations.push([`group ${i + 1} has one more`, withGroup(`${group}2`)]);
    mutations.push([`group ${i + 1} is another key's`, withGroup(other.split("-")[i]!)]);
    mutations.push([`group ${i + 1} is missing`, groups.toSpliced(i, 1).join("-")]);
  });
  mutations.push(
    ["empty", ""],
    ["spaces", "   "],
    ["one character less, in one piece", text.replaceAll("-", "").slice(1)],
    ["one character more, in one piece", `${text.replaceAll("-", "")}0`],
    ["twice", text + text],
    ["an emoji, in one piece", `🦉${text.replaceAll("-", "").slice(1)}`],
    ["a dotless i", `\u0131${text.replaceAll("-", "").slice(1)}`],
    ["full-width digits", `\uff10${text.replaceAll("-", "").slice(1)}`],
  );
  const cases = mutations.map(([name, mutated]) => ({ name, text: mutated, ...refusal(mutated) }));
  return { about: "Texts that parseRecoveryKey refuses with INVALID_RECOVERY_KEY, and the details it gives", cases };
}

function refusal(text: string) {
  try {
    parseRecoveryKey(text);
  } catch (error) {
    if (isCryptoError(error)) return { code: error.code, details: error.details };
  }
  throw new Error(`accepted: ${text}`);
}

function replaceAt(text: string, at: number, char: string): string {
  return text.slice(0, at) + char + text.slice(at + 1);
}
