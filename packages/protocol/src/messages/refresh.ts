import Type, { type Static } from "typebox";
import { Strict, Success } from "../fields.ts";
import { Tokens } from "./session.ts";

const RefreshToken = Type.String({ minLength: 1, maxLength: 128 });

export const RefreshRequest = Strict({ refresh_token: RefreshToken });
export type RefreshRequest = Static<typeof RefreshRequest>;
export const RefreshReply = Success(Strict({ tokens: Tokens }));
