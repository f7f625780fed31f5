import type { Focus } from "../tapes/plan.ts";
import type { Mutant } from "./mutant.ts";

/** A mutant, and what a world must know of for it to matter: rare accidents are looked for where they are not rare. */
export interface SimMutant extends Mutant {
  readonly focus?: Focus;
}
