import { SyncError } from "../errors.ts";
import { maxLineChars } from "./export-format.ts";

export type ExportChunks = AsyncIterable<string | Uint8Array> | Iterable<string | Uint8Array>;

/** The JSON values of NDJSON text, however it is cut into chunks. A last line without its end is INVALID_EXPORT. */
export async function* readLines(chunks: ExportChunks): AsyncGenerator<unknown> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let waiting = "";
  for await (const chunk of chunks) {
    const lines = (waiting + (typeof chunk === "string" ? chunk : decode(decoder, chunk))).split("\n");
    waiting = lines.pop()!;
    if (waiting.length > maxLineChars) throw new SyncError("INVALID_EXPORT");
    for (const line of lines) if (line.trim() !== "") yield parse(line);
  }
  if (waiting.trim() !== "") throw new SyncError("INVALID_EXPORT");
}

function decode(decoder: TextDecoder, chunk: Uint8Array): string {
  try {
    return decoder.decode(chunk, { stream: true });
  } catch (cause) {
    throw new SyncError("INVALID_EXPORT", { cause });
  }
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (cause) {
    throw new SyncError("INVALID_EXPORT", { cause });
  }
}
