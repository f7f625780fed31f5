import Type from "typebox";
import { Instant, Strict } from "../fields.ts";

export const HealthReply = Strict({
  success: Type.Literal(true),
  status: Type.Literal("healthy"),
  timestamp: Instant,
});
export const ReadyReply = Strict({ success: Type.Literal(true), status: Type.Literal("ready"), timestamp: Instant });
