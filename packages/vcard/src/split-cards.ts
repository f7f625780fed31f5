import { logicalLines, type LogicalLine } from "./logical-lines.ts";
import type { VcardSource } from "./physical-lines.ts";
import { escapeText } from "./text-value.ts";

/** Something in a file that could not be read as it stands. */
export interface VcardProblem {
  /** From 1. */
  readonly line: number;
  /** For the person who imports. */
  readonly message: string;
}

export interface CardLines {
  /** Of its `BEGIN:VCARD`. */
  readonly line: number;
  /** Between BEGIN and END. */
  readonly lines: readonly LogicalLine[];
  readonly problems: readonly VcardProblem[];
  /** False: the file ended before the card did, so that its last line may be cut. Or there is no card at all. */
  readonly isComplete: boolean;
}

/** A card beyond this is read only up to here. */
const maxCardBytes = 64 * 1024 * 1024;

/** The cards of a file, one at a time. Whatever stands between them is told once for each gap. */
export async function* splitCards(source: VcardSource): AsyncGenerator<CardLines> {
  let card: OpenCard | null = null;
  let gapLine: number | null = null;
  for await (const line of logicalLines(source)) {
    const isBegin = /^\s*begin\s*:\s*vcard\s*$/i.test(line.bytes);
    const isEnd = /^\s*end\s*:\s*vcard\s*$/i.test(line.bytes);
    if (isBegin && gapLine !== null) {
      yield gap(gapLine);
      gapLine = null;
    }
    if (card === null) {
      if (isBegin) card = openCard(line);
      else if (/\S/.test(line.bytes) || line.isTooLong) gapLine ??= line.line;
      continue;
    }
    if (card.agent !== null) {
      addToAgent(card, line, isBegin, isEnd);
    } else if (isEnd) {
      yield closeCard(card, true);
      card = null;
    } else if (isBegin && /^agent\s*[;:]/i.test(card.lines.at(-1)?.bytes ?? "")) {
      card.agent = { depth: 1, text: [line.bytes] };
    } else if (isBegin) {
      card.problems.push({ line: line.line, message: "another card begins before END:VCARD" });
      yield closeCard(card, true);
      card = openCard(line);
    } else {
      addLine(card, line);
    }
  }
  if (card !== null) {
    const last = card.lines.at(-1)?.line ?? card.line;
    card.problems.push({ line: last, message: "the file ends before END:VCARD" });
    yield closeCard(card, false);
  }
  if (gapLine !== null) yield gap(gapLine);
}

interface OpenCard {
  readonly line: number;
  readonly lines: LogicalLine[];
  readonly problems: VcardProblem[];
  bytes: number;
  /** A card within the card, as old versions have for assistants. */
  agent: { depth: number; readonly text: string[] } | null;
}

const openCard = ({ line }: LogicalLine): OpenCard => ({ line, lines: [], problems: [], bytes: 0, agent: null });

function closeCard({ line, lines, problems }: OpenCard, isComplete: boolean): CardLines {
  return { line, lines, problems, isComplete };
}

function gap(line: number): CardLines {
  const problem = { line, message: "this is outside of any card" };
  return { line, lines: [], problems: [problem], isComplete: false };
}

function addLine(card: OpenCard, line: LogicalLine): void {
  const wasWhole = card.bytes <= maxCardBytes;
  card.bytes += line.bytes.length;
  if (line.isTooLong) card.problems.push({ line: line.line, message: "this line is too long; it was left out" });
  else if (card.bytes <= maxCardBytes) card.lines.push(line);
  else if (wasWhole)
    card.problems.push({ line: line.line, message: "the card is too large; the rest of it was left out" });
}

/** The inner card becomes the value of AGENT, as version 3.0 writes it. */
function addToAgent(card: OpenCard, line: LogicalLine, isBegin: boolean, isEnd: boolean): void {
  const agent = card.agent!;
  agent.text.push(line.bytes);
  agent.depth += isBegin ? 1 : isEnd ? -1 : 0;
  if (agent.depth > 0) return;
  const head = card.lines.pop()!;
  card.agent = null;
  addLine(card, { ...head, bytes: `${head.bytes.trimEnd()}${escapeText(agent.text.join("\n"))}` });
}
