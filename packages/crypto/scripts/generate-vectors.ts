import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { blobVectors } from "./vectors/blobs.ts";
import { canonicalJsonVectors } from "./vectors/canonical-json.ts";
import { contentVectors } from "./vectors/contents.ts";
import { envelopeVectors, tombstoneVectors } from "./vectors/envelopes.ts";
import { kdfVectors, passwordVectors, saltVectors } from "./vectors/login.ts";
import { bundleVectors, keyVectors, wrapVectors } from "./vectors/keys.ts";
import { negativeContentVectors } from "./vectors/negative-contents.ts";
import { negativeEnvelopeVectors } from "./vectors/negative-envelopes.ts";
import { loneSurrogateVectors, negativeValueVectors } from "./vectors/negative-values.ts";
import { negativeBlobVectors, negativeWrapVectors } from "./vectors/negative-wraps.ts";
import { paddingVectors } from "./vectors/padding.ts";
import { negativeProofVectors, proofVectors, setHashVectors } from "./vectors/proofs.ts";
import { recordIdVectors } from "./vectors/record-ids.ts";
import { negativeRecoveryKeyVectors, recoveryKeyVectors } from "./vectors/recovery-keys.ts";
import type { VectorFile } from "./vectors/vector-file.ts";

/**
 * Writes vectors/v1, once: what is there is frozen, and this refuses to write over it. A new format gets a new directory.
 * The generator's seed is fixed, so that the same code writes the same bytes.
 */
const directory = new URL("../../../vectors/v1/", import.meta.url);
if (existsSync(directory)) throw new Error("vectors/v1 is frozen; it is never made anew");

const files: Record<string, VectorFile> = {
  "salts.json": saltVectors(),
  "passwords.json": passwordVectors(),
  "kdf.json": await kdfVectors(),
  "keys.json": keyVectors(),
  "bundles.json": bundleVectors(),
  "wraps.json": wrapVectors(),
  "recovery-keys.json": recoveryKeyVectors(),
  "record-ids.json": recordIdVectors(),
  "padding.json": paddingVectors(),
  "canonical-json.json": canonicalJsonVectors(),
  "contents.json": contentVectors(),
  "envelopes.json": envelopeVectors(),
  "tombstones.json": tombstoneVectors(),
  "set-hashes.json": setHashVectors(),
  "proofs.json": proofVectors(),
  "blobs.json": blobVectors(),
  "negative-envelopes.json": negativeEnvelopeVectors(),
  "negative-contents.json": negativeContentVectors(),
  "negative-wraps.json": negativeWrapVectors(),
  "negative-blobs.json": negativeBlobVectors(),
  "negative-proofs.json": negativeProofVectors(),
  "negative-recovery-keys.json": negativeRecoveryKeyVectors(),
  "negative-values.json": negativeValueVectors(),
  "negative-lone-surrogates.json": loneSurrogateVectors(),
};

mkdirSync(directory, { recursive: true });
const sums: string[] = [];
for (const [name, { about, cases }] of Object.entries(files)) {
  const lines = cases.map((each) => JSON.stringify(each)).join(",\n");
  const text = `{\n"about": ${JSON.stringify(about)},\n"cases": [\n${lines}\n]\n}\n`;
  writeFileSync(new URL(name, directory), text, { flag: "wx" });
  sums.push(`${createHash("sha256").update(text).digest("hex")}  ${name}`);
  console.log(`${name}: ${cases.length} cases, ${text.length} bytes`);
}
writeFileSync(new URL("SHA256SUMS", directory), `${sums.join("\n")}\n`, { flag: "wx" });
