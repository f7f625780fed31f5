import type { ChangeEvent } from "@owlivion/sync-protocol";

/** Names of the notifications between the processes on one database. */
export const changesChannel = "owlivion_changes";
export const sessionsChannel = "owlivion_sessions";

export interface ChangeMessage {
  readonly userId: string;
  readonly event: ChangeEvent;
}

/** Which sessions of an account ended: those of a device, one session, or (neither given) all. */
export interface EndedSessions {
  readonly deviceId?: string;
  readonly sessionId?: string;
}

export interface SessionsMessage {
  readonly userId: string;
  readonly ended: EndedSessions;
}

/** Each process ignores what it sent itself: its own streams were told at once. */
type Sent<T> = T & { readonly from: string };

export const writeMessage = <T extends ChangeMessage | SessionsMessage>(from: string, message: T): string =>
  JSON.stringify({ from, ...message } satisfies Sent<T>);

/** A message of another process, or null: of this one, or by a hand at a psql prompt and not understood. */
export function readMessage(self: string, payload: string): Partial<ChangeMessage & SessionsMessage> | null {
  try {
    const message = JSON.parse(payload) as Partial<Sent<ChangeMessage & SessionsMessage>> | null;
    return typeof message !== "object" || message === null || message.from === self ? null : message;
  } catch {
    return null;
  }
}
