const maxLineBytes = 75;

/** Folds a line so that none is longer than 75 octets, the blank at its start counted, and no letter is cut. */
export function foldLine(line: string): string {
  if (line.length * 3 <= maxLineBytes) return `${line}\r\n`;
  let folded = "";
  let start = 0;
  let bytes = 0;
  for (let i = 0; i < line.length;) {
    const codePoint = line.codePointAt(i)!;
    const size = codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x1_00_00 ? 3 : 4;
    if (bytes + size > maxLineBytes) {
      folded += `${line.slice(start, i)}\r\n `;
      start = i;
      bytes = 1;
    }
    bytes += size;
    i += size === 4 ? 2 : 1;
  }
  return `${folded}${line.slice(start)}\r\n`;
}
