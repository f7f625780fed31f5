export { readVcards, type ReadVcard } from "./read-vcards.ts";
export type { VcardSource } from "./physical-lines.ts";
export { writeVcard } from "./write-vcard.ts";
export type { VcardVersion } from "./neutral-property.ts";
export { type ExistingContact, type ImportStep, planImport } from "./plan-import.ts";
export { applyImport, type ImportTarget } from "./apply-import.ts";
