import {
  EmptyReply,
  LoginRequest,
  PreloginReply,
  PreloginRequest,
  RefreshReply,
  RefreshRequest,
  RegisterRequest,
  SessionReply,
} from "@owlivion/sync-protocol";
import type { FastifyInstance } from "fastify";
import { bodyErrors, errors, sessionErrors } from "../http/documented-errors.ts";
import type { Guards } from "../http/guards.ts";
import { sessionOf } from "../http/session.ts";
import type { Auth } from "./auth.ts";
import { login } from "./login.ts";
import { logout } from "./logout.ts";
import { prelogin } from "./prelogin.ts";
import { refresh } from "./refresh.ts";
import { register } from "./register.ts";

const tags = ["auth"];
const bearer = [{ bearer: [] }];

/** Signing up, in and out. */
export function registerAuthRoutes(app: FastifyInstance, auth: Auth, { authenticate }: Guards): void {
  const registerSchema = {
    tags,
    summary: "Make an account, sign in its first device",
    description:
      "`account_id`, `auth_suite`, `kdf_seed`, `keys` and `recovery_auth` come together (a sealed account) or not at all (a plain one).",
    body: RegisterRequest,
    response: {
      201: SessionReply,
      ...errors(...bodyErrors, "REGISTRATION_CLOSED", "EMAIL_EXISTS", "ACCOUNT_ID_EXISTS", "RATE_LIMITED"),
    },
  };
  app.post<{ Body: RegisterRequest }>(
    "/api/v1/auth/register",
    { schema: registerSchema, config: { rateLimit: "register" } },
    async (request, reply) => reply.code(201).send({ success: true, data: await register(auth, request.body) }),
  );

  const loginSchema = {
    tags,
    summary: "Sign in a device; one that was revoked becomes active again",
    body: LoginRequest,
    response: {
      200: SessionReply,
      ...errors(
        ...bodyErrors,
        "INVALID_CREDENTIALS",
        "ACCOUNT_DISABLED",
        "TOO_MANY_DEVICES",
        "TOO_MANY_ATTEMPTS",
        "RATE_LIMITED",
      ),
    },
  };
  app.post<{ Body: LoginRequest }>(
    "/api/v1/auth/login",
    { schema: loginSchema, config: { rateLimit: "login" } },
    async (request) => ({ success: true, data: await login(auth, request.body) }),
  );

  const preloginSchema = {
    tags,
    summary: "How the client derives its secret: the suite and seed of an address",
    body: PreloginRequest,
    response: { 200: PreloginReply, ...errors(...bodyErrors, "RATE_LIMITED") },
  };
  app.post<{ Body: PreloginRequest }>(
    "/api/v1/auth/prelogin",
    { schema: preloginSchema, config: { rateLimit: "prelogin" } },
    async (request) => ({ success: true, data: await prelogin(auth, request.body.email) }),
  );

  const refreshSchema = {
    tags,
    summary: "A new access token and the next refresh token",
    description:
      "The same refresh token again within 60 seconds gives the same successor while that is unused; later it ends the session.",
    body: RefreshRequest,
    response: { 200: RefreshReply, ...errors(...bodyErrors, "INVALID_REFRESH_TOKEN", "RATE_LIMITED") },
  };
  app.post<{ Body: RefreshRequest }>(
    "/api/v1/auth/refresh",
    { schema: refreshSchema, config: { rateLimit: "refresh" } },
    async (request) => ({ success: true, data: { tokens: await refresh(auth, request.body.refresh_token) } }),
  );

  const logoutSchema = {
    tags,
    summary: "End this session",
    security: bearer,
    response: { 200: EmptyReply, ...errors(...sessionErrors, ...bodyErrors) },
  };
  app.post(
    "/api/v1/auth/logout",
    { schema: logoutSchema, onRequest: authenticate, config: { rateLimit: "account" } },
    async (request) => {
      await logout(auth, sessionOf(request));
      return { success: true, data: {} };
    },
  );
}
