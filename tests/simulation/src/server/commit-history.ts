import { changeTypes } from "@owlivion/sync-protocol";
import type { CommittedBatch } from "@owlivion/sync-server/handlers";
import type { CommittedChange } from "./sim-server.ts";

type Entry = { -readonly [Field in keyof CommittedChange]: CommittedChange[Field] };

/** What was committed, in its order, recorded below the handlers; a cut of the database marks what it lost. */
export class CommitHistory {
  readonly changes: Entry[] = [];
  /** Of each change, the number of the commit that made it. */
  readonly #commits: number[] = [];

  record({ request, decision, epoch, headBefore }: CommittedBatch, commit: number): void {
    const { batch, userId, dataType, idempotency } = request;
    for (const [i, row] of decision.rows.entries()) {
      const change = batch.changes[row.changeIndex]!;
      this.#commits.push(commit);
      this.changes.push({
        userId,
        dataType,
        epoch,
        version: headBefore + 1 + i,
        recordId: change.recordId,
        changeType: changeTypes[row.changeType]!,
        deviceId: batch.deviceId,
        idempotencyKey: idempotency?.key ?? null,
        baseVersion: change.baseVersion,
        previousVersion: row.prevVersion,
        envelope: batch.bytes.subarray(change.offset, change.offset + change.length),
        at: decision.firstChangedAt + i,
        isLost: false,
      });
    }
  }

  /** Of the commits only so many are left. */
  cut(commits: number): void {
    for (const [i, change] of this.changes.entries()) if (this.#commits[i]! > commits) change.isLost = true;
  }

  /** What stands now, for a backup. */
  standing(): ReadonlySet<CommittedChange> {
    return new Set(this.changes.filter(({ isLost }) => !isLost));
  }

  /** A backup was put back: what stood then stands again, also where it was lost meanwhile. */
  putBack(standing: ReadonlySet<CommittedChange>): void {
    for (const change of this.changes) change.isLost = !standing.has(change);
  }
}
