import type { Lie } from "../server/hostile-server.ts";
import type { World, WorldOptions } from "../world/world.ts";

/** What a device must notice. Each that is named must come. */
export interface Detection {
  /** What the call answers that met the lie; `ok` when absent. */
  readonly code?: string;
  /** Codes of collections whose sync failed. */
  readonly failures?: readonly string[];
  /** `type` or `type:detail` of events. */
  readonly events?: readonly string[];
  /** Kinds of `status.attention`. */
  readonly attention?: readonly string[];
}

/** One thing a server may do, what must be noticed, and what may be different afterwards. */
export interface Behaviour {
  /** The row of the table of hostile behaviours that it belongs to. */
  readonly row: `M${number}`;
  readonly name: string;
  readonly world?: WorldOptions;
  /** What happens before the state is noted down: edits that wait, a server that lied earlier. */
  readonly prepare?: (world: World) => Promise<unknown>;
  /** The lie, made with what the server has seen so far. */
  readonly lie: (world: World) => Lie | Promise<Lie>;
  /** What the person or the app does while the server lies, and what came of it; a sync of the victim when absent. */
  readonly meet?: (world: World) => Promise<string>;
  readonly detects: Detection;
  /**
   * What may have changed on the victim while the server lied:
   * - `nothing`  every row is as it was
   * - `marks`    what an application sees and what waits to be sent is as it was (when absent)
   * - a list     the records that look different now, by name; they look as the other device has them
   * - `hidden`   records are out of sight, kept, and wait for a decision
   */
  readonly changes?: "nothing" | "marks" | "hidden" | readonly string[];
  /** Uploads that the lie may cause; none when absent. */
  readonly mayUpload?: "again" | "waiting";
  /** What else must hold while the server lies. */
  readonly check?: (world: World) => Promise<void>;
  /** What else must hold, once it is honest again and everything is healed. */
  readonly checkHealed?: (world: World) => Promise<void>;
  /** It changes nothing that has a meaning: nobody notices, and all is as it would have been. */
  readonly isHarmless?: boolean;
  /** It cannot be noticed: the heading of docs/threat-model.md that says so. `detects` is then the limit that is shown. */
  readonly residual?: string;
  /** What the person says to staged deletions once the server can be trusted; `reject` when absent. */
  readonly decides?: "accept";
  /** What every device shows in the end; what the other device showed when absent. */
  readonly wanted?: (others: Readonly<Record<string, unknown>>, world: World) => Readonly<Record<string, unknown>>;
}
