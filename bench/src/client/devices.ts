import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSync, type Sync, systemPorts } from "@owlivion/sync-client";
import { sqliteStore } from "@owlivion/sync-client/sqlite";
import { password } from "./password.ts";

export interface BenchDevice {
  readonly sync: Sync;
  readonly directory: string;
  readonly wire: WireCount;
  close(): Promise<void>;
}

/** Requests, and bytes of bodies as they were on the wire, compressed. */
export interface WireCount {
  requests: number;
  sentBytes: number;
  receivedBytes: number;
  reset(): void;
}

/** A device with an SQLite store in a temporary directory. */
export async function openDevice(origin: string): Promise<BenchDevice> {
  const directory = mkdtempSync(join(tmpdir(), "owlivion-bench-device-"));
  const wire = countWire();
  const sync = await openSync({
    url: origin,
    store: sqliteStore(directory),
    ports: { fetch: async (url, init) => await wire.fetch(url, init) },
  });
  return {
    sync,
    directory,
    wire,
    async close() {
      await sync.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

export async function signUp({ sync }: BenchDevice): Promise<string> {
  const email = `bench-${crypto.randomUUID()}@example.com`;
  await sync.signUp({
    email,
    password,
    confirmRecoveryKey: ({ recoveryKey, askedGroups }) =>
      Promise.resolve(askedGroups.map((group) => recoveryKey.split("-")[group - 1]!)),
  });
  return email;
}

function countWire() {
  const count = {
    requests: 0,
    sentBytes: 0,
    receivedBytes: 0,
    reset() {
      count.requests = count.sentBytes = count.receivedBytes = 0;
    },
    async fetch(url: string, init: RequestInit): Promise<Response> {
      const reply = await systemPorts.fetch(url, init);
      count.requests += 1;
      count.sentBytes += (init.body as Uint8Array | null | undefined)?.length ?? 0;
      // The server compresses in one go and says how long the result is.
      count.receivedBytes += Number(reply.headers.get("content-length") ?? 0);
      return reply;
    },
  };
  return count;
}
