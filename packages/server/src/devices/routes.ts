import { DevicesReply, EmptyReply, ReauthRequest, Strict, Uuid } from "@owlivion/sync-protocol";
import type { FastifyInstance } from "fastify";
import type { AppContext } from "../app-context.ts";
import { createPostgresAccountStore } from "../db/accounts/postgres-account-store.ts";
import { bodyErrors, errors, sessionErrors } from "../http/documented-errors.ts";
import type { Guards } from "../http/guards.ts";
import { sessionOf } from "../http/session.ts";
import { listDevices } from "./list-devices.ts";
import { revokeDevice, type RevokePorts } from "./revoke-device.ts";

const common = { tags: ["devices"], security: [{ bearer: [] }] };
const config = { rateLimit: "devices" } as const;

/** The account's devices. */
export function registerDeviceRoutes(app: FastifyInstance, context: AppContext, guards: Guards): void {
  const accounts = createPostgresAccountStore(context.pool);
  const ports: RevokePorts = {
    accounts,
    sessionEnded: (userId, ended) => context.announcer.sessionEnded(userId, ended),
  };
  const listSchema = {
    ...common,
    summary: "The account's devices",
    response: { 200: DevicesReply, ...errors(...sessionErrors) },
  };
  app.get("/api/v1/devices", { schema: listSchema, config, onRequest: guards.authenticate }, async (request) => {
    return { success: true, data: await listDevices(accounts, sessionOf(request)) };
  });

  const revokeSchema = {
    ...common,
    summary: "Revoke a device: its sessions end at once",
    description: "A sealed account proves its auth secret again: `password` in the body or `Owlivion-Password`.",
    params: Strict({ device_id: Uuid }),
    body: ReauthRequest,
    response: {
      200: EmptyReply,
      ...errors(
        ...sessionErrors,
        ...bodyErrors,
        "REAUTH_REQUIRED",
        "INVALID_CREDENTIALS",
        "TOO_MANY_ATTEMPTS",
        "CANNOT_DELETE_CURRENT_DEVICE",
        "DEVICE_NOT_FOUND",
      ),
    },
  };
  app.delete<{ Params: { device_id: string } }>(
    "/api/v1/devices/:device_id",
    { schema: revokeSchema, config, onRequest: guards.authenticate, preHandler: guards.requireSecret },
    async (request) => {
      await revokeDevice(ports, sessionOf(request), request.params.device_id.toLowerCase());
      return { success: true, data: {} };
    },
  );
}
