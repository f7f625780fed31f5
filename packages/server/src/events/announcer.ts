import { randomUUID } from "node:crypto";
import type { ClientConfig } from "pg";
import type { Log } from "../log.ts";
import { DatabaseChannel } from "./database-channel.ts";
import type { EventStreams } from "./event-streams.ts";
import {
  changesChannel,
  readMessage,
  sessionsChannel,
  writeMessage,
  type ChangeMessage,
  type EndedSessions,
} from "./messages.ts";

interface Options {
  readonly flushAfterMs?: number;
  readonly maxPending?: number;
}

/**
 * Tells the streams of every process on this database what was committed. A hint: it may be lost, is never waited
 * for, and many changes of one collection become one.
 */
export class Announcer {
  readonly #self = randomUUID();
  readonly #channel: DatabaseChannel;
  readonly #streams: EventStreams;
  readonly #flushAfterMs: number;
  readonly #maxPending: number;
  /** By collection, not yet told to anybody. */
  #fresh = new Map<string, ChangeMessage>();
  /** By collection, not yet told to other processes: waits for the connection. */
  #unsent = new Map<string, ChangeMessage>();
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: ClientConfig, streams: EventStreams, log: Log, options: Options = {}) {
    this.#streams = streams;
    this.#flushAfterMs = options.flushAfterMs ?? 20;
    this.#maxPending = options.maxPending ?? 10_000;
    this.#channel = new DatabaseChannel(
      connection,
      [changesChannel, sessionsChannel],
      { onMessage: (channel, payload) => this.#receive(channel, payload), onConnected: () => this.#send() },
      log,
    );
  }

  /** Connects; without it the first announcement or stream does. */
  start(): void {
    this.#channel.start();
  }

  /** A batch was committed: its collection has this head now. */
  announce(userId: string, dataType: string, version: number, deviceId: string): void {
    this.#channel.start();
    remember(this.#fresh, { userId, event: { data_type: dataType, version, device_id: deviceId } });
    this.#timer ??= setTimeout(() => this.#flush(), this.#flushAfterMs).unref();
  }

  /** A sign-out, a revoked device, a new secret, a disabled account was committed: streams end at once, everywhere. */
  sessionEnded(userId: string, ended: EndedSessions = {}): void {
    this.#channel.start();
    this.#streams.endSessions(userId, ended);
    this.#channel.send(sessionsChannel, [writeMessage(this.#self, { userId, ended })]);
  }

  /** With each heartbeat: is the connection still alive? */
  check(): void {
    this.#channel.check();
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#flush();
    await this.#channel.close();
  }

  #flush(): void {
    this.#timer = undefined;
    for (const message of this.#fresh.values()) {
      this.#streams.publish(message);
      remember(this.#unsent, message);
    }
    this.#fresh.clear();
    this.#send();
  }

  #send(): void {
    if (this.#channel.isConnected && this.#unsent.size > 0) {
      const payloads = [...this.#unsent.values()].map((message) => writeMessage(this.#self, message));
      this.#unsent.clear();
      this.#channel.send(changesChannel, payloads);
    }
    for (const key of this.#unsent.keys()) {
      if (this.#unsent.size <= this.#maxPending) break;
      this.#unsent.delete(key);
    }
  }

  #receive(channel: string, payload: string): void {
    const message = readMessage(this.#self, payload);
    if (message?.userId === undefined) return;
    const { userId, event, ended } = message;
    if (channel === changesChannel && event !== undefined) this.#streams.publish({ userId, event });
    if (channel === sessionsChannel && ended !== undefined) this.#streams.endSessions(userId, ended);
  }
}

/** Keeps one message a collection: of the newest version. */
function remember(messages: Map<string, ChangeMessage>, message: ChangeMessage): void {
  const key = `${message.userId} ${message.event.data_type}`;
  const known = messages.get(key);
  if (known === undefined || known.event.version < message.event.version) messages.set(key, message);
}
