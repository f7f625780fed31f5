import type { Behaviour } from "./behaviour.ts";
import { deletions } from "./deletions.ts";
import { envelopes } from "./envelopes.ts";
import { epochs } from "./epochs.ts";
import { logins } from "./logins.ts";
import { omissions } from "./omissions.ts";
import { patience } from "./patience.ts";
import { pushes } from "./pushes.ts";
import { replies } from "./replies.ts";
import { rollbacks } from "./rollbacks.ts";

/** Everything that a server may do to a device, as far as we could think of it. */
export const behaviours: readonly Behaviour[] = [
  ...logins,
  ...envelopes,
  ...deletions,
  ...rollbacks,
  ...epochs,
  ...omissions,
  ...replies,
  ...pushes,
  ...patience,
];
