/** A small world as data: what it is made of, and what happens in it. A failure is replayed and shrunk as this. */
export interface PlannerCase {
  readonly seed: number;
  readonly devices: number;
  readonly records: number;
  /** Whether a clash of two edits asks the person, or the newer edit wins. */
  readonly policy: "ask" | "newer";
  readonly steps: readonly Step[];
  /** What happens to another collection's history, of which cursors are taken. */
  readonly history: readonly HistoryStep[];
}

export type HistoryStep =
  | { readonly do: "write"; readonly changes: number }
  | { readonly do: "take" }
  | { readonly do: "cut"; readonly to: number; readonly isNoticed: boolean }
  | { readonly do: "purge"; readonly to: number }
  | { readonly do: "forget"; readonly to: number };

export type Step =
  | {
      readonly do: "edit";
      readonly device: number;
      readonly record: number;
      readonly field: number;
      readonly leadMs: number;
    }
  | { readonly do: "delete"; readonly device: number; readonly record: number }
  | {
      readonly do: "push";
      readonly device: number;
      /** How much of what others did its reply holds. */
      readonly limit: number;
      readonly fate: "answered" | "request lost" | "reply lost" | "twice";
    }
  | {
      readonly do: "pull";
      readonly device: number;
      readonly limit: number;
      readonly fate: "applied" | "crash" | "kept";
    }
  | { readonly do: "late page"; readonly device: number }
  | { readonly do: "purge"; readonly count: number };

/** mulberry32: small, and good enough to choose steps. */
export function randomOf(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Swarm: each seed has its own mix of what may happen, often without one kind altogether. */
export function makeCase(seed: number): PlannerCase {
  const random = randomOf(seed);
  const devices = 2 + (random(4) === 0 ? 1 : 0);
  const records = 1 + random(3);
  const weights = [6, random(3) * 2, 5, 4, random(3), random(3) === 0 ? 3 : 0];
  const faults = { losses: random(3) > 0, shortReplies: random(3) === 0 };
  const steps = Array.from({ length: 6 + random(12) }, () => makeStep(random, devices, records, weights, faults));
  const history = Array.from({ length: 4 + random(10) }, () => makeHistoryStep(random));
  return { seed, devices, records, policy: random(3) === 0 ? "newer" : "ask", steps, history };
}

function makeHistoryStep(random: (below: number) => number): HistoryStep {
  const to = random(12);
  switch (random(9)) {
    case 0:
      return { do: "cut", to, isNoticed: random(2) === 0 };
    case 1:
      return { do: "purge", to };
    case 2:
      return { do: "forget", to };
    case 3:
    case 4:
    case 5:
      return { do: "take" };
    default:
      return { do: "write", changes: 1 + random(3) };
  }
}

function makeStep(
  random: (below: number) => number,
  devices: number,
  records: number,
  weights: readonly number[],
  { losses, shortReplies }: { readonly losses: boolean; readonly shortReplies: boolean },
): Step {
  let choice = random(weights.reduce((sum, weight) => sum + weight, 0));
  const kind = weights.findIndex((weight) => (choice -= weight) < 0);
  const device = random(devices);
  const record = random(records);
  switch (kind) {
    case 0:
      return { do: "edit", device, record, field: random(2), leadMs: random(4) === 0 ? random(240_000) - 120_000 : 0 };
    case 1:
      return { do: "delete", device, record };
    case 2: {
      const fates = ["answered", "answered", "request lost", "reply lost", "twice"] as const;
      const limit = shortReplies ? 1 + random(2) : 1000;
      return { do: "push", device, limit, fate: losses ? fates[random(fates.length)]! : "answered" };
    }
    case 3: {
      const fates = ["applied", "applied", "kept", "crash"] as const;
      return { do: "pull", device, limit: 1 + random(3), fate: losses ? fates[random(fates.length)]! : "applied" };
    }
    case 4:
      return { do: "late page", device };
    default:
      return { do: "purge", count: 1 + random(2) };
  }
}
