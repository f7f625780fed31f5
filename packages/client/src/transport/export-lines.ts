import { SyncError } from "../errors.ts";
import { readJsonText } from "./read-json.ts";

/** The longest is a blob of 8 MiB in base64. */
const maxLineChars = 12 * 1024 * 1024;

/** The objects of an export's NDJSON. It is whole only with a last line of the type `end`; else INVALID_REPLY. */
export async function* readExportLines(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Readonly<Record<string, unknown>>> {
  const decoder = new TextDecoder();
  let waiting = "";
  let isEnded = false;
  for await (const chunk of chunks) {
    const lines = (waiting + decoder.decode(chunk, { stream: true })).split("\n");
    waiting = lines.pop()!;
    if (waiting.length > maxLineChars) throw new SyncError("INVALID_REPLY");
    for (const line of lines) {
      if (isEnded) throw new SyncError("INVALID_REPLY");
      const value = readLine(line);
      isEnded = value["type"] === "end";
      yield value;
    }
  }
  if (!isEnded || waiting !== "") throw new SyncError("INVALID_REPLY");
}

function readLine(line: string): Record<string, unknown> {
  const value = readJsonText(line);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new SyncError("INVALID_REPLY");
  return value as Record<string, unknown>;
}
