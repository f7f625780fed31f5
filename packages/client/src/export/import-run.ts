import type { Stamp } from "@owlivion/sync-crypto";
import { editedTables } from "../engine/edit-record.ts";
import type { EngineContext } from "../engine/engine-context.ts";
import { SyncError } from "../errors.ts";
import { readFields } from "../merge/edit-value.ts";
import { maxFollowedLeadMs } from "../merge/hybrid-clock.ts";
import type { RecordValue } from "../merge/record-value.ts";
import type { ReadTransaction } from "../store/store.ts";
import type { EditResult, Edits } from "../sync/edits.ts";
import { withoutSecrets } from "../sync/without-secrets.ts";
import { type ConflictLine, readStamps, type RecordLine } from "./export-format.ts";
import { importConflict } from "./import-conflict.ts";
import { ImportPlaces } from "./import-places.ts";
import { applyImport, judgeImport } from "./import-record.ts";
import type { ImportOptions, MutableReport } from "./import-report.ts";

const linesPerStep = 100;
type DataLine = RecordLine | ConflictLine;

/** Lines of an export on their way into the store, some in each transaction. */
export class ImportRun {
  records = 0;
  conflicts = 0;
  readonly #context: EngineContext;
  readonly #edits: Edits;
  readonly #options: ImportOptions;
  readonly #report: MutableReport;
  readonly #places: ImportPlaces;
  #waiting: DataLine[] = [];

  constructor(
    context: EngineContext,
    edits: Edits,
    options: ImportOptions,
    report: MutableReport,
    source: string | null,
  ) {
    this.#context = context;
    this.#edits = edits;
    this.#options = options;
    this.#report = report;
    this.#places = new ImportPlaces(context, source);
  }

  async take(line: DataLine): Promise<void> {
    if (line.type === "record") this.records += 1;
    else this.conflicts += 1;
    if (!this.#context.types.has(line.data_type)) {
      const { unknownTypes } = this.#report;
      if (line.type === "record") unknownTypes[line.data_type] = (unknownTypes[line.data_type] ?? 0) + 1;
      return;
    }
    // A transaction is about one data type.
    if (this.#waiting.length > 0 && this.#waiting[0]!.data_type !== line.data_type) await this.flush();
    this.#waiting.push(line);
    if (this.#waiting.length >= linesPerStep) await this.flush();
  }

  async flush(): Promise<void> {
    const lines = this.#waiting;
    this.#waiting = [];
    if (lines.length === 0) return;
    const { mode = "merge", onProgress } = this.#options;
    if (mode === "preview") {
      const work = async (tx: ReadTransaction) => {
        for (const line of lines) if (line.type === "record") await this.#judge(tx, line);
      };
      await this.#context.store.read(editedTables, work);
    } else {
      await this.#edits.run(lines[0]!.data_type, async (tx) => {
        const result: EditResult<void> & { changedIds: string[] } = { value: undefined, changedIds: [], events: [] };
        const events = [];
        for (const line of lines) {
          if (line.type === "conflict") {
            if (!(await importConflict(tx, this.#places, line))) continue;
            this.#report.conflicts += 1;
            result.changedIds.push(line.record_id);
            continue;
          }
          const judged = await this.#judge(tx, line);
          if (judged === null) continue;
          const applied = await applyImport(this.#context, tx, line.data_type, judged);
          if (applied === null) {
            this.#report[judged.outcome] -= 1;
            this.#report.invalid += 1;
            continue;
          }
          result.changedIds.push(...applied.changedIds);
          events.push(...applied.events);
        }
        return { ...result, events };
      });
    }
    onProgress?.(this.records);
  }

  async #judge(tx: ReadTransaction, line: RecordLine) {
    const report = this.#report;
    const value = this.#readValue(line);
    if (value === null) {
      report.invalid += 1;
      return null;
    }
    const recordId = await this.#places.find(tx, line.data_type, line.id, value);
    const { bringBack = true } = this.#options;
    const judged = await judgeImport(tx, line.data_type, recordId, value, bringBack);
    report[judged.outcome] += 1;
    return judged;
  }

  /** Null: it cannot be a record here. */
  #readValue({ data_type, id, schema, fields, stamps }: RecordLine): RecordValue | null {
    const type = this.#context.types.get(data_type)!;
    // oxlint-disable-next-line no-control-regex -- control characters are what is refused
    if ([...id].length > 255 || /[\u0000-\u001f\u007f]/.test(id) || !id.isWellFormed()) return null;
    try {
      const cleaned = withoutSecrets(type, readFields(fields));
      this.#report.secretsDropped += cleaned.dropped.length;
      return { schema, fields: cleaned.fields, stamps: this.#believable(readStamps(stamps), cleaned.fields) };
    } catch (error) {
      if (error instanceof SyncError && error.code === "INVALID_RECORD") return null;
      throw error;
    }
  }

  /** A stamp of the future would win over everything that is edited from now on. */
  #believable(stamps: Record<string, Stamp>, fields: object): Record<string, Stamp> {
    const latestMs = this.#context.correctedNow() + maxFollowedLeadMs;
    const good = Object.entries(stamps).filter(
      ([name, { wallMs }]) => Object.hasOwn(fields, name) && wallMs <= latestMs,
    );
    return Object.fromEntries(good);
  }
}
