import type { Stamp } from "@owlivion/sync-crypto";

/** What a hybrid logical clock has given out or seen last. */
export interface ClockState {
  readonly wallMs: number;
  readonly counter: number;
}

export const clockStart: ClockState = { wallMs: 0, counter: 0 };

/** A stamp of another device further ahead than this is not followed: one wrong clock must not set all others. */
export const maxFollowedLeadMs = 5 * 60 * 1000;
const maxCounter = 0xffff;
const maxWallMs = 2 ** 48 - 1;

/** The next stamp of this device: after everything it has given out or seen, even when its clock went back. */
export function tick(state: ClockState, nowMs: number, device: string): { state: ClockState; stamp: Stamp } {
  const now = Math.min(Math.max(0, Math.floor(nowMs)), maxWallMs);
  const next = now > state.wallMs ? { wallMs: now, counter: 0 } : increment(state);
  return { state: next, stamp: { ...next, device } };
}

/** Takes note of a stamp of another device. */
export function observe(state: ClockState, stamp: Stamp, nowMs: number): ClockState {
  if (stamp.wallMs > nowMs + maxFollowedLeadMs) return state;
  if (stamp.wallMs < state.wallMs || (stamp.wallMs === state.wallMs && stamp.counter <= state.counter)) return state;
  return { wallMs: stamp.wallMs, counter: stamp.counter };
}

function increment({ wallMs, counter }: ClockState): ClockState {
  if (counter < maxCounter) return { wallMs, counter: counter + 1 };
  return { wallMs: Math.min(wallMs + 1, maxWallMs), counter: 0 };
}
