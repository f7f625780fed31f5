import { appliedTables } from "../engine/apply-rows.ts";
import { readCollection } from "../engine/collection-ledger.ts";
import { tellApplied } from "../engine/commit-rows.ts";
import { retryUnreadable } from "../engine/decide-marks.ts";
import { beginWalk } from "../engine/walk.ts";
import type { CollectionRow, MarkRow } from "../store/rows.ts";
import type { CollectionStatus } from "../transport/replies.ts";
import { type Check, type Finding, type Repair, shortId } from "./doctor-report.ts";
import type { DoctorParts } from "./doctor.ts";
import type { ServerStatus } from "./examine-server.ts";

/** How far a collection is, what was proved of it, and what waits for a person. */
export async function examineCollection(
  parts: DoctorParts,
  dataType: string,
  status: ServerStatus | null,
): Promise<Finding> {
  const { row, marks, conflicts } = await parts.context.store.read(
    ["collections", "marks", "conflicts"],
    async (tx) => ({
      row: await readCollection(tx, dataType),
      marks: await tx.scan("marks", { prefix: `${dataType}/` }),
      conflicts: await tx.scan("conflicts", { prefix: `${dataType}/` }),
    }),
  );
  const open = conflicts.filter(({ resolvedMs }) => resolvedMs === null).length;
  const findings = [
    examineCursor(parts, row, status === null ? undefined : (status.get(dataType) ?? null)),
    examineProof(parts, row),
    examineMarks(parts, dataType, marks),
    {
      checks: [
        {
          name: "conflicts",
          dataType,
          state: open > 0 ? "notice" : "ok",
          summary: open > 0 ? `${open} conflicts wait for a decision.` : "No conflicts wait.",
          facts: { open, resolved: conflicts.length - open },
        } satisfies Check,
      ],
      repairs: [],
    },
  ];
  return {
    checks: findings.flatMap(({ checks }) => checks),
    repairs: findings.flatMap(({ repairs }) => repairs),
  };
}

/** @param status undefined: the server was not asked or did not answer; null: it has nothing of this type */
function examineCursor(
  { context, syncNow }: DoctorParts,
  row: CollectionRow,
  status: CollectionStatus | null | undefined,
): Finding {
  const dataType = row.key;
  const { position, horizon, epoch, walk } = row;
  const head = status?.head ?? (status === null ? 0 : null);
  const isOtherEpoch = status != null && epoch !== null && status.epoch !== epoch;
  const isBeyond = head !== null && position > head;
  const isExpired = status != null && walk === null && row.cursor !== null && position < status.horizon;
  const isBehind = head !== null && position < head;
  const [state, summary] = ((): [Check["state"], string] => {
    if (head === null) return ["unknown", "The server did not tell where it is."];
    if (walk !== null) return ["notice", "The collection is being read from its beginning."];
    if (isBeyond || isOtherEpoch)
      return ["problem", "The server's history was cut: the next sync compares everything."];
    if (isExpired) return ["notice", "This device was away for long: the next sync reads everything anew."];
    return isBehind ? ["notice", `${head - position} changes are not here yet.`] : ["ok", "Everything is here."];
  })();
  const repairs: Repair[] = [];
  if (state === "problem" || isExpired || isBehind) {
    repairs.push({ problem: summary, dataType, repair: "Sync now.", run: async () => void (await syncNow()) });
  }
  if (walk !== null) {
    repairs.push({
      problem: "Reading from the beginning has not come to its end.",
      dataType,
      repair: "Begin it anew; what is here stays visible.",
      run: async () => {
        await beginWalk(context, dataType, { cause: "expired" });
        await syncNow();
      },
    });
  }
  return {
    checks: [
      {
        name: "cursor",
        dataType,
        state,
        summary,
        facts: {
          position,
          head,
          horizon,
          serverHorizon: status?.horizon ?? null,
          epoch: shortId(epoch),
          serverEpoch: shortId(status?.epoch ?? null),
          walk: walk?.cause ?? null,
          records: row.count,
          serverRecords: status?.recordCount ?? null,
        },
      },
    ],
    repairs,
  };
}

function examineProof({ integrity }: DoctorParts, row: CollectionRow): Finding {
  const { key: dataType, alarm, verified, position, provedVersion } = row;
  const since = verified === null ? position : position - verified.version;
  const facts = { alarm, verifiedVersion: verified?.version ?? null, changesSince: since, provedVersion };
  if (alarm === null) {
    const summary =
      verified === null
        ? position === 0
          ? "There is nothing to verify."
          : "Nothing was verified yet; a device proves the collection when it is idle."
        : since === 0
          ? "The collection is exactly what was proved."
          : `Verified up to version ${verified.version}, ${since} changes since.`;
    return { checks: [{ name: "proof", dataType, state: "ok", summary, facts }], repairs: [] };
  }
  const problem = "The server contradicts what this device has seen or what others proved.";
  return {
    checks: [{ name: "proof", dataType, state: "problem", summary: problem, facts }],
    repairs: [
      {
        problem,
        dataType,
        repair: "Keep what is here: send again what the server lacks, and prove the result.",
        run: () => integrity.trustThisDevice(dataType),
      },
      {
        problem,
        dataType,
        repair: "Take what the server has: what is here instead waits in the conflict journal.",
        run: () => integrity.takeServers(dataType),
      },
    ],
  };
}

function examineMarks({ context }: DoctorParts, dataType: string, marks: readonly MarkRow[]): Finding {
  const count = (kind: MarkRow["kind"]): number => marks.filter((mark) => mark.kind === kind).length;
  const facts = { unreadable: count("unreadable"), unconfirmed: count("unconfirmed"), staged: count("staged") };
  const repairs: Repair[] = [];
  if (facts.unreadable > 0) {
    repairs.push({
      problem: "Records cannot be opened.",
      dataType,
      repair: "Try again, after an update of the app or with newer keys.",
      run: async () => {
        const applied = await context.store.write(appliedTables, (tx) => retryUnreadable(context, tx, dataType));
        if (applied !== null) tellApplied(context, dataType, applied);
      },
    });
  }
  if (facts.unconfirmed > 0) {
    repairs.push({
      problem: "The server does not offer records any more, and nothing proves that they were deleted.",
      dataType,
      repair: "Keep them, or forget them: sync.deletions.",
    });
  }
  if (facts.staged > 0) {
    repairs.push({
      problem: "Deletions from elsewhere wait for a decision.",
      dataType,
      repair: "Accept or reject them: sync.deletions.",
    });
  }
  const state = facts.unreadable > 0 ? "problem" : marks.length > 0 ? "notice" : "ok";
  const summary = marks.length === 0 ? "No record is set apart." : `${marks.length} records are set apart.`;
  return { checks: [{ name: "quarantine", dataType, state, summary, facts }], repairs };
}
