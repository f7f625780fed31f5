import { formatBytes } from "../terminal/print.ts";
import type { Wire } from "./counting-proxy.ts";

/** One step of the demo: what it did and what it cost. */
export interface DemoStep {
  readonly step: string;
  readonly ms: number;
  /** Of the wire; null: it asked no server. */
  readonly wire: Wire | null;
  readonly pushed: number | null;
  readonly pulled: number | null;
  readonly conflicts: number | null;
  /** Sending everything instead would have cost so many bytes; null: there is nothing to compare with. */
  readonly everythingBytes: number | null;
}

export function toRow(step: DemoStep): Readonly<Record<string, string | number | null>> {
  const { wire, everythingBytes } = step;
  return {
    step: step.step,
    seconds: (step.ms / 1000).toFixed(1),
    sent: wire === null ? null : formatBytes(wire.sentBytes),
    received: wire === null ? null : formatBytes(wire.receivedBytes),
    "records sent": step.pushed,
    "records received": step.pulled,
    conflicts: step.conflicts,
    saved: wire === null || everythingBytes === null ? null : formatSaved(wire, everythingBytes),
  };
}

/** Against sending everything in that direction which the step used: the whole address book, once. */
function formatSaved({ sentBytes, receivedBytes }: Wire, everythingBytes: number): string {
  return `${Math.max(0, 100 - ((sentBytes + receivedBytes) / everythingBytes) * 100).toFixed(1)} %`;
}
