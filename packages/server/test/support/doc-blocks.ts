/** A fenced block of a Markdown page. */
export interface DocBlock {
  readonly language: string;
  readonly text: string;
  /** Line of its first character, from 1. */
  readonly line: number;
  /** Who speaks from here on: the last `<!-- as name -->` before the block; empty at first. */
  readonly speaker: string;
}

export function readBlocks(markdown: string): DocBlock[] {
  const blocks: DocBlock[] = [];
  let speaker = "";
  let open: { language: string; line: number; lines: string[] } | null = null;
  for (const [index, line] of markdown.split("\n").entries()) {
    const fence = /^```(\w*)$/.exec(line);
    if (open !== null && fence === null) open.lines.push(line);
    else if (open !== null) {
      blocks.push({ language: open.language, text: open.lines.join("\n"), line: open.line, speaker });
      open = null;
    } else if (fence !== null) open = { language: fence[1]!, line: index + 2, lines: [] };
    else speaker = /^<!-- as (\w*) ?-->$/.exec(line)?.[1] ?? speaker;
  }
  if (open !== null) throw new Error(`the block at line ${open.line} has no end`);
  return blocks;
}

/** The rows of the table whose first heading this is, cells without their code marks. */
export function readTable(markdown: string, firstHeading: string): string[][] {
  const lines = markdown.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`| ${firstHeading} |`));
  if (start === -1) throw new Error(`there is no table that begins with ${firstHeading}`);
  const rows: string[][] = [];
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith("|")) break;
    rows.push(
      line
        .split(/(?<!\\)\|/)
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll("`", "").replaceAll("\\|", "|")),
    );
  }
  return rows;
}
