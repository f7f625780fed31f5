import { decisionParts } from "./parts/decision-parts.tsx";
import { dialogParts } from "./parts/dialog-parts.tsx";
import type { GalleryPart } from "./parts/gallery-part.tsx";
import { pastParts } from "./parts/past-parts.tsx";
import { sessionParts } from "./parts/session-parts.tsx";
import { statusParts } from "./parts/status-parts.tsx";

/** Every component, in every state. */
export const parts: readonly GalleryPart[] = [
  ...statusParts,
  ...decisionParts,
  ...sessionParts,
  ...pastParts,
  ...dialogParts,
];
