import {
  AdminCleanupReply,
  AdminEpochsReply,
  AdminStatsReply,
  AdminUserReply,
  AdminUsersQuery,
  AdminUsersReply,
  normalizeEmail,
  Strict,
  Uuid,
  type ErrorCode,
} from "@owlivion/sync-protocol";
import type { FastifyInstance } from "fastify";
import type { TSchema } from "typebox";
import type { AppContext } from "../app-context.ts";
import { ApiError } from "../errors.ts";
import { errors } from "../http/documented-errors.ts";
import { listAccounts, readAccountSummary } from "./list-accounts.ts";
import { readAccountActivity, readAccountCollections, readAccountDevices } from "./read-account.ts";
import { readCleanup } from "./read-cleanup.ts";
import { readEpochs } from "./read-epochs.ts";
import { readStats } from "./read-stats.ts";
import { readTables } from "./read-tables.ts";
import { createRequireAdmin } from "./require-admin.ts";

const defaultUsers = 50;
const activityEntries = 50;

const describeRoute = (summary: string, reply: TSchema, ...codes: ErrorCode[]) => ({
  tags: ["admin"],
  summary,
  security: [{ admin: [] }],
  response: { 200: reply, ...errors("ADMIN_TOKEN_REQUIRED", "RATE_LIMITED", ...codes) },
});

/** Read-only, by the operator's token: what is there, how large it is, what the server did with it. Never content. */
export async function registerAdminRoutes(app: FastifyInstance, context: AppContext): Promise<void> {
  const { config, pool } = context;
  await app.register(
    async (admin) => {
      admin.addHook("onRequest", createRequireAdmin(context));

      admin.get("/stats", { schema: describeRoute("The server in numbers", AdminStatsReply) }, async () => ({
        success: true,
        data: { ...(await readStats(pool)), tables: await readTables(pool) },
      }));

      const users = {
        ...describeRoute("The accounts, by address", AdminUsersReply, "INVALID_REQUEST"),
        querystring: AdminUsersQuery,
      };
      admin.get<{ Querystring: AdminUsersQuery }>("/users", { schema: users }, async ({ query }) => {
        const limit = query.limit ?? defaultUsers;
        const containing = normalizeEmail(query.q ?? "");
        const rows = await listAccounts(pool, { containing, limit: limit + 1, after: query.after ?? "" });
        const page = rows.slice(0, limit);
        const next_after = rows.length > limit ? (page.at(-1)?.email ?? null) : null;
        return { success: true, data: { users: page, next_after } };
      });

      const user = {
        ...describeRoute("One account", AdminUserReply, "INVALID_REQUEST", "ACCOUNT_NOT_FOUND"),
        params: Strict({ user_id: Uuid }),
      };
      admin.get<{ Params: { user_id: string } }>("/users/:user_id", { schema: user }, async ({ params }) => {
        const summary = await readAccountSummary(pool, params.user_id);
        if (summary === null) throw new ApiError("ACCOUNT_NOT_FOUND");
        const device_list = await readAccountDevices(pool, params.user_id);
        const collections = await readAccountCollections(pool, params.user_id);
        const activity = await readAccountActivity(pool, params.user_id, activityEntries);
        return { success: true, data: { ...summary, device_list, collections, activity } };
      });

      admin.get("/epochs", { schema: describeRoute("The epochs, newest first", AdminEpochsReply) }, async () => ({
        success: true,
        data: { epochs: await readEpochs(pool) },
      }));

      admin.get(
        "/cleanup",
        { schema: describeRoute("The last run of the retention", AdminCleanupReply) },
        async () => ({
          success: true,
          data: { schedule: config.cleanupSchedule, ...(await readCleanup(pool)) },
        }),
      );
    },
    { prefix: "/api/v1/admin" },
  );
}
