import type { Static } from "typebox";
import { Email, Secret, Strict } from "../fields.ts";
import { deviceFields } from "./session.ts";

export const LoginRequest = Strict({ email: Email, password: Secret, ...deviceFields });
export type LoginRequest = Static<typeof LoginRequest>;
