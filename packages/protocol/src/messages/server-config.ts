import Type, { type Static } from "typebox";
import { DataType, Strict, Success } from "../fields.ts";

/** `GET /config`: what this server speaks and allows. */
export const ServerConfigReply = Success(
  Strict({
    protocol: Strict({ major: Type.Integer(), minor: Type.Integer() }),
    features: Type.Array(Type.String()),
    data_types: Type.Array(DataType),
    registration: Type.Enum(["open", "invite", "closed"]),
    limits: Type.Record(Type.String(), Type.Integer()),
    quota: Strict({ bytes: Type.Integer(), records: Type.Integer() }),
    retention: Strict({ history_days: Type.Integer(), tombstone_days: Type.Integer() }),
  }),
);
export type ServerConfigReply = Static<typeof ServerConfigReply>;
