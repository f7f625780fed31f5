import { envelope as envelopeFormat } from "@owlivion/sync-protocol";
import type { CommittedChange, StoredCollection } from "../server/sim-server.ts";
import { demand } from "./violation.ts";

const tombstoneMs = 90 * 86_400_000;

/** A collection as its committed changes say, apart from everything the server tells. */
export class CollectionTruth {
  readonly userId: string;
  readonly dataType: string;
  /** Of the history as it stands, in the order of versions: entry i has version i + 1. */
  readonly entries: CommittedChange[] = [];
  readonly current = new Map<string, CommittedChange>();
  /** Tombstones up to here may have been purged. */
  horizon = 0;
  readonly #batches = new Map<string, number>();
  readonly #envelopes = new Map<string, number>();

  constructor(userId: string, dataType: string) {
    this.userId = userId;
    this.dataType = dataType;
  }

  get head(): number {
    return this.entries.length;
  }

  add(entry: CommittedChange): void {
    const place = `${entry.dataType} v${entry.version} ${entry.recordId}`;
    demand(entry.version === this.head + 1, "S-I1", () => `${place}: the head was ${this.head}`);
    this.#checkBase(entry, place);
    this.#checkOnce(entry, place);
    this.entries.push(entry);
    this.current.set(entry.recordId, entry);
  }

  /** Each record's newest change at or below a version. */
  at(version: number): Map<string, CommittedChange> {
    if (version >= this.head) return this.current;
    const state = new Map<string, CommittedChange>();
    for (const entry of this.entries.slice(0, version)) state.set(entry.recordId, entry);
    return state;
  }

  #checkBase(entry: CommittedChange, place: string): void {
    const known = this.current.get(entry.recordId);
    const isPurged = known?.changeType === "delete" && known.version <= this.horizon;
    const stands = known === undefined ? [0] : isPurged ? [0, known.version] : [known.version];
    demand(
      stands.includes(entry.previousVersion),
      "S-I5",
      () => `${place} replaced v${entry.previousVersion}, and v${stands} stood`,
    );
    if (entry.baseVersion === null) return;
    if (known?.changeType === "delete" && entry.changeType !== "delete") {
      demand(
        stands.includes(entry.baseVersion),
        "S-I8",
        () => `${place} on v${entry.baseVersion} over the deletion v${stands}`,
      );
    }
    demand(
      stands.includes(entry.baseVersion),
      "S-I5",
      () => `${place} was made on v${entry.baseVersion}, and v${stands} stood`,
    );
  }

  /** A batch is one run of versions; the same key never applies again, nor do the same bytes. */
  #checkOnce(entry: CommittedChange, place: string): void {
    if (entry.idempotencyKey !== null) {
      const key = `${entry.deviceId}/${entry.idempotencyKey}`;
      const last = this.#batches.get(key);
      demand(
        last === undefined || last === entry.version - 1,
        "S-I4",
        () => `${place}: the batch of v${last} came again`,
      );
      this.#batches.set(key, entry.version);
    }
    if (entry.envelope.length === 0) return;
    const bytes = nonceOf(entry.envelope);
    const before = this.#envelopes.get(bytes);
    demand(before === undefined, "S-I4", () => `${place} has the bytes of v${before}`);
    this.#envelopes.set(bytes, entry.version);
  }
}

const nonceAt = envelopeFormat.headerBytes - 24;
const latin1 = new TextDecoder("latin1");

export const nonceOf = (envelope: Uint8Array): string =>
  latin1.decode(envelope.subarray(nonceAt, envelopeFormat.headerBytes));

/** Padmé with a floor of 256 bytes, written anew: the lengths that a plaintext may have. */
function isBucket(length: number): boolean {
  if (length <= 256) return length === 256;
  const exponent = Math.floor(Math.log2(length));
  const lastBits = exponent - (Math.floor(Math.log2(exponent)) + 1);
  return length % 2 ** lastBits === 0;
}

/** All collections, and what holds across them: nonces, lengths, owners, epochs. */
export class Truth {
  readonly #history: () => readonly CommittedChange[];
  readonly collections = new Map<string, CollectionTruth>();
  /** Whose bytes they are, by the nonce. */
  readonly owners = new Map<string, string>();
  readonly #sealed = new Map<string, CommittedChange>();
  readonly #epochs = new Set<string>();
  /** Epochs of before the last cut: what they say about versions may not hold any more. */
  readonly staleEpochs = new Set<string>();
  #seen = 0;
  cuts = 0;

  constructor(history: () => readonly CommittedChange[]) {
    this.#history = history;
  }

  of(userId: string, dataType: string): CollectionTruth {
    const key = `${userId}/${dataType}`;
    let collection = this.collections.get(key);
    if (collection === undefined) this.collections.set(key, (collection = new CollectionTruth(userId, dataType)));
    return collection;
  }

  /** Takes over what was committed since. */
  look(): void {
    const history = this.#history();
    for (; this.#seen < history.length; this.#seen += 1) {
      const entry = history[this.#seen]!;
      this.#meet(entry);
      this.of(entry.userId, entry.dataType).add(entry);
    }
  }

  /** The server's history was cut: what is left of it is where everything goes on. */
  cut(): void {
    this.cuts += 1;
    for (const epoch of this.#epochs) this.staleEpochs.add(epoch);
    const horizons = [...this.collections.values()].map(({ userId, dataType, horizon }) => ({
      userId,
      dataType,
      horizon,
    }));
    this.collections.clear();
    for (const entry of this.#history()) if (!entry.isLost) this.of(entry.userId, entry.dataType).add(entry);
    this.#seen = this.#history().length;
    // What a restore brings back may be from before a cleanup: both are possible.
    for (const { userId, dataType, horizon } of horizons) this.of(userId, dataType).horizon = horizon;
  }

  /** A cleanup ran: tombstones may be gone, when they are old enough; nothing else may (S-I9). */
  cleaned(stored: StoredCollection, nowMs: number): void {
    this.look();
    const collection = this.of(stored.userId, stored.dataType);
    const left = new Set(
      [...stored.records, ...stored.tombstones].map(({ recordId, version }) => `${recordId} v${version}`),
    );
    for (const entry of collection.current.values()) {
      if (left.has(`${entry.recordId} v${entry.version}`)) continue;
      const isTombstone = entry.changeType === "delete";
      const ageMs = nowMs - entry.at / 1000;
      const what = (): string =>
        `${stored.dataType}/${entry.recordId} v${entry.version} is gone after ${Math.round(ageMs / 86_400_000)} days`;
      demand(isTombstone && ageMs >= tombstoneMs, "S-I9", what);
      demand(stored.horizon >= entry.version, "S-I9", () => `${what()}, and the horizon is ${stored.horizon}`);
      collection.horizon = Math.max(collection.horizon, entry.version);
    }
  }

  meetEpoch(epoch: string): void {
    if (this.#epochs.has(epoch)) return;
    this.#epochs.add(epoch);
    demand(this.#epochs.size <= 1 + this.cuts, "S-I14", () => `a new epoch ${epoch} without a cut`);
  }

  #meet(entry: CommittedChange): void {
    this.meetEpoch(entry.epoch);
    const { envelope } = entry;
    if (envelope.length === 0) return;
    const length = envelope.length - envelopeFormat.headerBytes - envelopeFormat.tagBytes;
    demand(isBucket(length), "E-I6", () => `${entry.recordId} v${entry.version} is ${length} bytes of plaintext`);
    const nonce = nonceOf(envelope);
    this.owners.set(nonce, entry.userId);
    const before = this.#sealed.get(nonce);
    if (before === undefined) return void this.#sealed.set(nonce, entry);
    const isSame = Buffer.compare(before.envelope, envelope) === 0 && before.recordId === entry.recordId;
    demand(
      isSame,
      "E-I4",
      () => `${entry.recordId} v${entry.version} has the nonce of ${before.recordId} v${before.version}`,
    );
  }
}
