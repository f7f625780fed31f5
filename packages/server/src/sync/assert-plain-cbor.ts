import { limits } from "@owlivion/sync-protocol";
import { ApiError } from "../errors.ts";

/** Deeper than any body of ours: the map, its changes, one change, its values. */
const maxDepth = 8;

/** What an array or map that is being read still needs. */
interface Open {
  /** Items, keys counted; Infinity until a break. */
  left: number;
  /** Items so far. */
  seen: number;
  readonly isMap: boolean;
}

/**
 * Refuses, before the decoder sees it, all of CBOR that a body of ours has no use for: tags (a bignum of megabytes is
 * quadratic work, others make regular expressions, references, dates), deep nesting, strings in pieces, claims beyond the
 * end, keys that are no text, and bytes after the end. Makes nothing of what it reads, and takes time by its items.
 */
export function assertPlainCbor(body: Buffer): void {
  const open: Open[] = [];
  let at = 0;
  do {
    const parent = open.at(-1);
    const initial = body[at++];
    if (initial === undefined) throw invalid("ends too early");
    const major = initial >> 5;
    if (initial === 0xff) {
      if (parent === undefined || parent.left !== Infinity || (parent.isMap && parent.seen % 2 === 1)) {
        throw invalid("a break where none may be");
      }
      open.pop();
    } else {
      if (parent !== undefined) {
        if (parent.isMap && parent.seen % 2 === 0 && major !== 3) throw invalid("a key that is no text");
        parent.seen += 1;
        parent.left -= 1;
        if (!parent.isMap && parent.seen > limits.maxBatchChanges) throw tooLarge();
      }
      const info = initial & 31;
      const isEndless = info === 31;
      const size = info < 24 || isEndless ? 0 : info < 28 ? 1 << (info - 24) : -1;
      if (size < 0 || at + size > body.length) throw invalid("a length that cannot be read");
      const argument = size === 0 ? info : readUint(body, at, size);
      at += size;
      if (major === 6) throw invalid("a tag");
      if (isEndless && major !== 4 && major !== 5) throw invalid("a string in pieces");
      if (major === 2 || major === 3) {
        if (argument > body.length - at) throw invalid("a string beyond the end");
        at += argument;
      } else if (major === 4 || major === 5) {
        if (!isEndless && argument > body.length - at) throw invalid("more items than bytes");
        if (major === 4 && !isEndless && argument > limits.maxBatchChanges) throw tooLarge();
        if (open.length === maxDepth) throw invalid("nested too deep");
        const left = isEndless ? Infinity : major === 5 ? argument * 2 : argument;
        open.push({ left, seen: 0, isMap: major === 5 });
      } else if (major === 7 && size === 0 && (info < 20 || info > 23)) {
        throw invalid("an unknown simple value");
      } else if (major === 7 && size === 1) {
        throw invalid("an unknown simple value");
      }
    }
    while (open.at(-1)?.left === 0) open.pop();
  } while (open.length > 0);
  if (at !== body.length) throw invalid("bytes after the end");
}

function readUint(body: Buffer, at: number, size: number): number {
  return size === 8 ? Number(body.readBigUInt64BE(at)) : body.readUIntBE(at, size);
}

const invalid = (problem: string) => new ApiError("INVALID_CBOR", { details: { problem } });
/** The only array of a body holds its changes. */
const tooLarge = () => new ApiError("BATCH_TOO_LARGE", { details: { max_changes: limits.maxBatchChanges } });
