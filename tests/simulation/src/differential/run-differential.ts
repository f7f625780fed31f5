import type { Mutant } from "../mutants/mutant.ts";
import { openServers } from "../runner/open-servers.ts";
import { makeRequestTape } from "./request-tape.ts";
import { TapePlayer } from "./tape-player.ts";

export interface DifferentialReport {
  readonly seeds: number;
  /** Lines that were compared. */
  readonly answers: number;
  /** The first difference. */
  readonly failure: string | null;
}

/** The same tapes on the memory server and on PostgreSQL; their answers and what they hold must be equal. */
export async function runDifferential(options: {
  readonly from: number;
  readonly seeds: number;
  readonly mutant: Mutant | null;
  readonly isVerbose: boolean;
}): Promise<DifferentialReport> {
  const memory = await openServers("memory");
  const postgres = await openServers("postgres", options.mutant);
  let answers = 0;
  try {
    for (let done = 0; done < options.seeds; done += 1) {
      const seed = options.from + done;
      const tape = makeRequestTape(seed);
      let failure: string | null = null;
      try {
        const expected = await new TapePlayer(seed).play(memory.make, tape);
        const actual = await new TapePlayer(seed).play(postgres.make, tape);
        answers += expected.length;
        if (options.isVerbose) console.log(`seed ${seed}: ${expected.length} lines`);
        failure = firstDifference(expected, actual, options.isVerbose);
      } catch (error) {
        failure = String((error as Error).stack ?? error);
      }
      if (failure !== null) return { seeds: done + 1, answers, failure: `seed ${seed}: ${failure}` };
    }
  } finally {
    await postgres.close();
    await memory.close();
  }
  return { seeds: options.seeds, answers, failure: null };
}

function firstDifference(memory: readonly string[], postgres: readonly string[], isVerbose: boolean): string | null {
  for (let i = 0; i < Math.max(memory.length, postgres.length); i += 1) {
    if (memory[i] === postgres[i]) continue;
    const before = isVerbose ? memory.slice(0, i).join("\n") : "";
    return `${before}\n  memory:     ${memory[i] ?? "nothing"}\n  PostgreSQL: ${postgres[i] ?? "nothing"}`;
  }
  return null;
}
