import { type Static } from "typebox";
import { Email, Strict, Success } from "../fields.ts";
import { AuthSuite, KdfSeed } from "./register.ts";

export const PreloginRequest = Strict({ email: Email });
export type PreloginRequest = Static<typeof PreloginRequest>;

/** Suite and seed of an account; for an unknown address or a plain account a stable fake. */
export const PreloginReply = Success(Strict({ auth_suite: AuthSuite, kdf_seed: KdfSeed }));
