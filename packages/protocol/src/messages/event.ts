import { type Static } from "typebox";
import { DataType, Strict, Uuid, Version } from "../fields.ts";

/** The data of one server-sent event `change`: a hint that a collection has a newer head, never the data. */
export const ChangeEvent = Strict({ data_type: DataType, version: Version, device_id: Uuid });
export type ChangeEvent = Static<typeof ChangeEvent>;
