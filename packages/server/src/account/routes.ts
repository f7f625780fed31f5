import { EmptyReply, GetKeysReply, PutKeysReply, PutKeysRequest, ReauthRequest } from "@owlivion/sync-protocol";
import type { FastifyInstance } from "fastify";
import Type from "typebox";
import type { AppContext } from "../app-context.ts";
import { createPostgresAccountStore } from "../db/accounts/postgres-account-store.ts";
import { bodyErrors, errors, sessionErrors } from "../http/documented-errors.ts";
import type { Guards } from "../http/guards.ts";
import { sessionOf } from "../http/session.ts";
import { finishErasure, markForErasure } from "./erase-account.ts";
import { ExportStreams } from "./export-stream.ts";
import { getKeys, putKeys } from "./keys.ts";

const common = { tags: ["account"], security: [{ bearer: [] }] };
const config = { rateLimit: "account" } as const;
const secretErrors = ["REAUTH_REQUIRED", "INVALID_CREDENTIALS", "TOO_MANY_ATTEMPTS"] as const;
const needsSecret = "A sealed account proves its auth secret again: `Owlivion-Password`, or `password` in a body.";

/** Wrapped keys, export, erasure. */
export function registerAccountRoutes(app: FastifyInstance, context: AppContext, guards: Guards): void {
  const accounts = createPostgresAccountStore(context.pool);
  const proved = { onRequest: guards.authenticate, preHandler: guards.requireSecret };

  const getKeysSchema = {
    ...common,
    summary: "The account's wrapped keys",
    description: needsSecret,
    response: { 200: GetKeysReply, ...errors(...sessionErrors, ...secretErrors, "PLAIN_ACCOUNT", "NO_KEYS") },
  };
  app.get("/api/v1/account/keys", { schema: getKeysSchema, config, ...proved }, async (request) => {
    return { success: true, data: await getKeys(accounts, sessionOf(request)) };
  });

  const putKeysSchema = {
    ...common,
    summary: "Replace the wrapped keys that have the version sent",
    description: needsSecret,
    body: PutKeysRequest,
    response: {
      200: PutKeysReply,
      ...errors(
        ...sessionErrors,
        ...bodyErrors,
        ...secretErrors,
        "PLAIN_ACCOUNT",
        "KEYS_CHANGED",
        "KEY_EPOCH_OUTDATED",
      ),
    },
  };
  app.put<{ Body: PutKeysRequest }>(
    "/api/v1/account/keys",
    { schema: putKeysSchema, config, ...proved },
    async (request) => {
      const ports = { accounts, hashSecret: guards.hashSecret };
      return { success: true, data: await putKeys(ports, sessionOf(request), request.body) };
    },
  );

  const exports = new ExportStreams(context.connection);
  const exportSchema = {
    ...common,
    summary: "Everything about the account, as NDJSON in one snapshot",
    description: `One object a line, its \`type\` first; binary is base64; the last line has the type \`end\`. ${needsSecret}`,
    response: {
      200: { description: "The lines", content: { "application/x-ndjson": { schema: Type.String() } } },
      ...errors(...sessionErrors, ...secretErrors),
    },
  };
  app.get(
    "/api/v1/account/export",
    { schema: exportSchema, config: { rateLimit: "export", isStream: true }, ...proved },
    async (request, reply) => {
      const stream = await exports.open(sessionOf(request).userId);
      return reply
        .type("application/x-ndjson; charset=utf-8")
        .header("content-disposition", 'attachment; filename="owlivion-export.ndjson"')
        .send(stream);
    },
  );

  const eraseSchema = {
    ...common,
    summary: "Erase the account and everything about it",
    description: `Every session ends at once. ${needsSecret}`,
    body: ReauthRequest,
    response: { 200: EmptyReply, ...errors(...sessionErrors, ...bodyErrors, ...secretErrors) },
  };
  app.delete("/api/v1/account", { schema: eraseSchema, config, ...proved }, async (request) => {
    const { userId } = sessionOf(request);
    await markForErasure(context.pool, userId);
    context.announcer.sessionEnded(userId);
    try {
      await finishErasure(context.pool, userId);
    } catch (error) {
      // It is decided, and nobody can sign in to ask again: the cleanup goes on with it.
      context.log.warn({ err: error }, "an erasure was interrupted; the next cleanup ends it");
    }
    return { success: true, data: {} };
  });
}
