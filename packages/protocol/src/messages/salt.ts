import Type, { type Static } from "typebox";
import { Strict, Success } from "../fields.ts";

const EncryptionSalt = Type.String({ minLength: 16, maxLength: 128, pattern: "^[A-Za-z0-9+/_=-]+$" });

/** `PUT /auth/salt`: the desktop client's salt, once. */
export const PutSaltRequest = Strict({ encryption_salt: EncryptionSalt });
export type PutSaltRequest = Static<typeof PutSaltRequest>;
export const PutSaltReply = Success(Strict({ encryption_salt: EncryptionSalt }));
