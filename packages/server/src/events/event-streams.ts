import { limits } from "@owlivion/sync-protocol";
import { ApiError } from "../errors.ts";
import type { RequestSession } from "../http/session.ts";
import type { Metrics } from "../metrics.ts";
import type { ChangeMessage, EndedSessions } from "./messages.ts";

/** What of a response a stream needs; `http.ServerResponse` is one. */
export interface Sink {
  write(text: string): boolean;
  end(): void;
  destroy(): void;
  readonly writableLength: number;
  readonly writableEnded: boolean;
}

export type StreamSession = Pick<RequestSession, "userId" | "deviceId" | "sessionId" | "expiresAt">;
type CutReason = "expired" | "revoked" | "slow" | "drain";

interface Stream {
  readonly session: StreamSession;
  readonly sink: Sink;
  readonly expiry: NodeJS.Timeout;
}

/** Bytes that may wait for a reader; events are hints of 100 bytes, so whoever is that far behind is not reading. */
const maxWaitingBytes = 64 * 1024;

/** The event streams this process holds open, by account. */
export class EventStreams {
  readonly #metrics: Pick<Metrics, "streams" | "streamsCut">;
  readonly #byUser = new Map<string, Set<Stream>>();

  constructor(metrics: Pick<Metrics, "streams" | "streamsCut">) {
    this.#metrics = metrics;
  }

  /** TOO_MANY_STREAMS when the device holds as many as it may. */
  assertRoom(session: StreamSession): void {
    const open = [...(this.#byUser.get(session.userId) ?? [])].filter((s) => s.session.deviceId === session.deviceId);
    if (open.length >= limits.maxStreamsPerDevice) throw new ApiError("TOO_MANY_STREAMS", { retryAfterSeconds: 30 });
  }

  /** Takes over an answer whose head is written. Returns what to call when the reader has gone. */
  open(session: StreamSession, sink: Sink): () => void {
    const expiresInMs = Math.max(0, session.expiresAt * 1000 - Date.now());
    const stream: Stream = {
      session,
      sink,
      expiry: setTimeout(() => this.#cut(stream, "expired"), expiresInMs).unref(),
    };
    const streams = this.#byUser.get(session.userId) ?? new Set();
    this.#byUser.set(session.userId, streams.add(stream));
    this.#metrics.streams.inc();
    this.#write(stream, ": connected\n\n");
    return () => this.#remove(stream);
  }

  publish({ userId, event }: ChangeMessage): void {
    const text = `event: change\ndata: ${JSON.stringify(event)}\n\n`;
    for (const stream of [...(this.#byUser.get(userId) ?? [])]) this.#write(stream, text);
  }

  endSessions(userId: string, { deviceId, sessionId }: EndedSessions): void {
    for (const stream of [...(this.#byUser.get(userId) ?? [])]) {
      if (deviceId !== undefined && stream.session.deviceId !== deviceId) continue;
      if (sessionId !== undefined && stream.session.sessionId !== sessionId) continue;
      this.#cut(stream, "revoked");
    }
  }

  /** A comment keeps proxies and the reader's own watchdog from giving up. */
  beat(): void {
    for (const streams of [...this.#byUser.values()]) for (const stream of [...streams]) this.#write(stream, ":\n\n");
  }

  sessions(): StreamSession[] {
    return [...this.#byUser.values()].flatMap((streams) => [...streams].map((stream) => stream.session));
  }

  endAll(): void {
    for (const streams of [...this.#byUser.values()]) for (const stream of [...streams]) this.#cut(stream, "drain");
  }

  #write(stream: Stream, text: string): void {
    stream.sink.write(text);
    if (stream.sink.writableLength > maxWaitingBytes) this.#cut(stream, "slow");
  }

  #cut(stream: Stream, reason: CutReason): void {
    if (!this.#remove(stream)) return;
    this.#metrics.streamsCut.inc({ reason });
    if (reason === "slow") stream.sink.destroy();
    else if (!stream.sink.writableEnded) stream.sink.end();
  }

  #remove(stream: Stream): boolean {
    const streams = this.#byUser.get(stream.session.userId);
    if (streams?.delete(stream) !== true) return false;
    if (streams.size === 0) this.#byUser.delete(stream.session.userId);
    clearTimeout(stream.expiry);
    this.#metrics.streams.dec();
    return true;
  }
}
