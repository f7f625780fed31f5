import { type BlobKey, openBlob, type PasswordHash, type RandomBytes, sealBlob } from "@owlivion/sync-crypto";
import { deriveExportKey } from "@owlivion/sync-crypto/account";
import { SyncError } from "../errors.ts";
import { fromBase64, toBase64 } from "../transport/base64.ts";
import { exportFormat, exportVersion, parseLine, sealedHeaderLine, sealedLine } from "./export-format.ts";
import { readLines } from "./read-lines.ts";

const saltBytes = 16;
const utf8 = new TextEncoder();

/** Each chunk is bound to its number, and the last one says so: none can be missing, exchanged or moved unnoticed. */
const labelOf = (number: number, isLast: boolean): string => `owl1/export/${number}${isLast ? "/last" : ""}`;

/** Seals the chunks of an export under a key of the password. */
export async function* sealChunks(
  chunks: AsyncIterable<string>,
  password: string,
  ports: { readonly random: RandomBytes; readonly passwordHash: PasswordHash },
): AsyncGenerator<string> {
  const salt = ports.random(saltBytes);
  const key = await deriveExportKey({ passphrase: password, salt }, ports.passwordHash);
  try {
    const header = { type: "sealed", format: exportFormat, version: exportVersion, salt: toBase64(salt) };
    yield `${JSON.stringify(header)}\n`;
    let number = 0;
    const seal = (text: string, isLast: boolean): string => {
      const data = toBase64(sealBlob(key, labelOf(number++, isLast), utf8.encode(text), ports.random));
      return `${JSON.stringify({ type: isLast ? "last" : "chunk", data })}\n`;
    };
    for await (const chunk of chunks) yield seal(chunk, false);
    yield seal("", true);
  } finally {
    key.wipe();
  }
}

/**
 * Opens what `sealChunks` made, its header line taken off already. Throws WRONG_PASSWORD when the first chunk does not open,
 * INVALID_EXPORT when a later one does not or the last is missing.
 */
export async function* openChunks(
  header: unknown,
  lines: AsyncIterable<unknown>,
  password: string,
  passwordHash: PasswordHash,
): AsyncGenerator<unknown> {
  const salt = fromBase64(parseLine(sealedHeaderLine, header).salt);
  if (salt === null || salt.length !== saltBytes) throw new SyncError("INVALID_EXPORT");
  const key = await deriveExportKey({ passphrase: password, salt }, passwordHash).catch((cause: unknown) => {
    throw new SyncError("WRONG_PASSWORD", { cause });
  });
  try {
    yield* readLines(openTexts(key, lines));
  } finally {
    key.wipe();
  }
}

async function* openTexts(key: BlobKey, lines: AsyncIterable<unknown>): AsyncGenerator<string> {
  let number = 0;
  let isOver = false;
  for await (const line of lines) {
    const { type, data } = parseLine(sealedLine, line);
    if (isOver) throw new SyncError("INVALID_EXPORT");
    isOver = type === "last";
    yield openChunk(key, number, isOver, data);
    number += 1;
  }
  if (!isOver) throw new SyncError("INVALID_EXPORT");
}

function openChunk(key: BlobKey, number: number, isLast: boolean, data: string): string {
  const sealed = fromBase64(data);
  if (sealed === null) throw new SyncError("INVALID_EXPORT");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(openBlob(key, labelOf(number, isLast), sealed));
  } catch (cause) {
    throw new SyncError(number === 0 ? "WRONG_PASSWORD" : "INVALID_EXPORT", { cause });
  }
}
