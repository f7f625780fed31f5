import { limits } from "@owlivion/sync-protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createMetrics } from "../metrics.ts";
import { EventStreams, type Sink, type StreamSession } from "./event-streams.ts";

const metrics = createMetrics({ totalCount: 0, idleCount: 0, waitingCount: 0 });

class FakeSink implements Sink {
  text = "";
  state: "open" | "ended" | "destroyed" = "open";
  /** A reader that does not read: everything waits. */
  writableLength = 0;
  isStuck = false;
  get writableEnded(): boolean {
    return this.state !== "open";
  }
  write(text: string): boolean {
    if (this.state !== "open") throw new Error("write after the end");
    this.text += text;
    if (this.isStuck) this.writableLength += text.length;
    return !this.isStuck;
  }
  end(): void {
    this.state = "ended";
  }
  destroy(): void {
    this.state = "destroyed";
  }
}

const session = (change: Partial<StreamSession> = {}): StreamSession => ({
  userId: "ada",
  deviceId: "laptop",
  sessionId: "s1",
  expiresAt: Date.now() / 1000 + 900,
  ...change,
});
const message = (userId: string, version: number) => ({
  userId,
  event: { data_type: "contacts", version, device_id: "phone" },
});

let streams: EventStreams;
function open(change: Partial<StreamSession> = {}): FakeSink {
  const sink = new FakeSink();
  streams.open(session(change), sink);
  return sink;
}

beforeEach(() => {
  vi.useFakeTimers();
  streams = new EventStreams(metrics);
});
afterEach(() => void vi.useRealTimers());

test("events: a change goes to every stream of its account and to no other", () => {
  const mine = [open(), open({ deviceId: "phone" })];
  const other = open({ userId: "eve" });
  streams.publish(message("ada", 7));
  for (const sink of mine) {
    expect(sink.text).toContain('event: change\ndata: {"data_type":"contacts","version":7,"device_id":"phone"}\n\n');
  }
  expect(other.text).toBe(": connected\n\n");
});

test("events: a stream ends when its token expires", () => {
  const sink = open({ expiresAt: Date.now() / 1000 + 60 });
  vi.advanceTimersByTime(59_000);
  expect(sink.state).toBe("open");
  vi.advanceTimersByTime(1_001);
  expect(sink.state).toBe("ended");
  streams.publish(message("ada", 1));
  expect(streams.sessions()).toEqual([]);
});

test("events: the end of a session, of a device and of all sessions reaches the streams meant", () => {
  const sinks = {
    s1: open(),
    s2: open({ sessionId: "s2" }),
    phone: open({ deviceId: "phone", sessionId: "s3" }),
    eve: open({ userId: "eve" }),
  };
  const ended = () => Object.entries(sinks).flatMap(([name, sink]) => (sink.state === "ended" ? [name] : []));
  streams.endSessions("ada", { sessionId: "s2" });
  expect(ended()).toEqual(["s2"]);
  streams.endSessions("ada", { deviceId: "phone" });
  expect(ended()).toEqual(["s2", "phone"]);
  streams.endSessions("ada", {});
  expect(ended()).toEqual(["s1", "s2", "phone"]);
  streams.endAll();
  expect(ended()).toEqual(["s1", "s2", "phone", "eve"]);
});

test("events: a reader that does not read is cut before much waits for it; the others go on", () => {
  const slow = open();
  slow.isStuck = true;
  const fast = open({ deviceId: "phone" });
  for (let version = 1; version <= 2000; version++) streams.publish(message("ada", version));
  expect(slow.state).toBe("destroyed");
  expect(slow.text.length).toBeLessThan(70_000);
  expect(fast.state).toBe("open");
  expect(fast.text).toContain('"version":2000');
});

test("events: a device holds so many streams and no more; one that is gone makes room", () => {
  const closers = Array.from({ length: limits.maxStreamsPerDevice }, () => streams.open(session(), new FakeSink()));
  expect(() => streams.assertRoom(session())).toThrow(expect.objectContaining({ code: "TOO_MANY_STREAMS" }));
  streams.assertRoom(session({ deviceId: "phone" }));
  closers[0]!();
  closers[0]!();
  streams.assertRoom(session());
  expect(streams.sessions()).toHaveLength(limits.maxStreamsPerDevice - 1);
});
