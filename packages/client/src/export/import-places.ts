import { hashEnvelope } from "@owlivion/sync-crypto";
import { type DataType } from "../data-types/data-type.ts";
import { isSameRecord, naturalKeyOf } from "../data-types/natural-key.ts";
import { type EngineContext, typeOf, unlockedKeys } from "../engine/engine-context.ts";
import { findSlot, isFree } from "../engine/record-slots.ts";
import type { RecordValue } from "../merge/record-value.ts";
import type { ReadTransaction } from "../store/store.ts";

/** Where the records of another account's export go: the same places again when it is imported again. */
export class ImportPlaces {
  readonly #context: EngineContext;
  readonly #source: string;
  /** By data type and id of the export. */
  readonly #targets = new Map<string, string>();
  readonly #taken = new Set<string>();

  /** @param source the account of the export; null: it is this one, whose records keep their ids */
  constructor(context: EngineContext, source: string | null) {
    this.#context = context;
    this.#source = source ?? "";
    this.isSameAccount = source === null;
  }
  readonly isSameAccount: boolean;

  /** Of a record that was imported before in this run. */
  known(dataType: string, id: string): string | null {
    return this.isSameAccount ? id : (this.#targets.get(`${dataType}/${id}`) ?? null);
  }

  async find(tx: ReadTransaction, dataType: string, id: string, value: RecordValue): Promise<string> {
    if (this.isSameAccount) return id;
    const type = typeOf(this.#context, dataType);
    const target = (await this.#byNaturalKey(tx, type, value)) ?? this.#ofItsOwn(dataType, id);
    this.#targets.set(`${dataType}/${id}`, target);
    this.#taken.add(`${dataType}/${target}`);
    return target;
  }

  /** Two records of one export stay two, whatever their natural keys have become. */
  async #byNaturalKey(tx: ReadTransaction, type: DataType, { fields }: RecordValue): Promise<string | null> {
    const naturalKey = naturalKeyOf(type, fields);
    if (naturalKey === null) return null;
    const keys = unlockedKeys(this.#context, type.name);
    const slot = await findSlot(tx, keys, naturalKey, (each) => {
      if (this.#taken.has(each.key)) return false;
      if (each.view === undefined) return isFree(each);
      return naturalKeyOf(type, each.view.fields) === naturalKey && isSameRecord(type, fields, each.view.fields);
    });
    return slot?.recordId ?? null;
  }

  #ofItsOwn(dataType: string, id: string): string {
    // Hashed, because natural keys know no upper and lower case.
    const place = hashEnvelope(new TextEncoder().encode(`${this.#source}/${id}`));
    const text = Array.from(place, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return unlockedKeys(this.#context, dataType).recordId(`owl1/import:${text}`, 0);
  }
}
