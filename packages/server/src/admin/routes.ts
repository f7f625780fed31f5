import {
  AdminActivityReply,
  AdminCleanupReply,
  AdminCollectionsReply,
  AdminDevicesQuery,
  AdminDevicesReply,
  AdminEmailsQuery,
  AdminEpochsReply,
  AdminStatsReply,
  AdminTrafficReply,
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
import { guessWindowSeconds } from "../guess-window.ts";
import { createRequireAdmin } from "../http/require-admin.ts";
import { emailsAsAsked } from "./emails-as-asked.ts";
import { listAccounts, readAccountSummary } from "./list-accounts.ts";
import { readAccountActivity, readAccountCollections, readAccountDevices } from "./read-account.ts";
import { readActivity } from "./read-activity.ts";
import { readCleanup } from "./read-cleanup.ts";
import { readCollections } from "./read-collections.ts";
import { readEpochs } from "./read-epochs.ts";
import { readStats } from "./read-stats.ts";
import { readTables } from "./read-tables.ts";
import { readUnseenDevices } from "./read-unseen-devices.ts";
import { readWrongSecrets } from "./read-wrong-secrets.ts";
import { sampleSeconds, TrafficSampler } from "./traffic-sampler.ts";

const defaultUsers = 50;
const activityEntries = 50;
const notSeenDays = 30;

const describeRoute = (summary: string, reply: TSchema, ...codes: ErrorCode[]) => ({
  tags: ["admin"],
  summary,
  security: [{ admin: [] }],
  response: { 200: reply, ...errors("ADMIN_TOKEN_REQUIRED", "RATE_LIMITED", ...codes) },
});

/** Read-only, by the operator's token: what is there, how large it is, what the server did with it. Never content. */
export async function registerAdminRoutes(app: FastifyInstance, context: AppContext): Promise<void> {
  const { config, pool } = context;
  const traffic = new TrafficSampler(context.metrics, pool);
  traffic.install(app);
  await app.register(
    async (admin) => {
      admin.addHook("onRequest", createRequireAdmin(context));

      admin.get("/stats", { schema: describeRoute("The server in numbers", AdminStatsReply) }, async () => ({
        success: true,
        data: { ...(await readStats(pool)), tables: await readTables(pool) },
      }));

      admin.get(
        "/traffic",
        { schema: describeRoute("The last hour of the process that answers", AdminTrafficReply) },
        async () => ({
          success: true,
          data: {
            interval_seconds: sampleSeconds,
            process_started_at: traffic.startedAt.toISOString(),
            samples: traffic.samples,
            wrong_secrets: await readWrongSecrets(pool, guessWindowSeconds),
          },
        }),
      );

      const activity = {
        ...describeRoute("Changes of the last day", AdminActivityReply, "INVALID_REQUEST"),
        querystring: AdminEmailsQuery,
      };
      admin.get<{ Querystring: AdminEmailsQuery }>("/activity", { schema: activity }, async ({ query }) => ({
        success: true,
        data: { activity: emailsAsAsked(await readActivity(pool), query) },
      }));

      const collections = {
        ...describeRoute("The largest collections", AdminCollectionsReply, "INVALID_REQUEST"),
        querystring: AdminEmailsQuery,
      };
      admin.get<{ Querystring: AdminEmailsQuery }>("/collections", { schema: collections }, async ({ query }) => ({
        success: true,
        data: { collections: emailsAsAsked(await readCollections(pool), query) },
      }));

      const unseen = {
        ...describeRoute("Devices that were not seen for a while", AdminDevicesReply, "INVALID_REQUEST"),
        querystring: AdminDevicesQuery,
      };
      admin.get<{ Querystring: AdminDevicesQuery }>("/devices", { schema: unseen }, async ({ query }) => {
        const { total, devices } = await readUnseenDevices(pool, query.not_seen_days ?? notSeenDays);
        return { success: true, data: { total, devices: emailsAsAsked(devices, query) } };
      });

      const users = {
        ...describeRoute("The accounts, by address", AdminUsersReply, "INVALID_REQUEST", "ACCOUNT_NOT_FOUND"),
        querystring: AdminUsersQuery,
      };
      admin.get<{ Querystring: AdminUsersQuery }>("/users", { schema: users }, async ({ query }) => {
        const limit = query.limit ?? defaultUsers;
        const containing = normalizeEmail(query.q ?? "");
        const last = query.after === undefined ? null : await readAccountSummary(pool, query.after);
        if (last === null && query.after !== undefined) throw new ApiError("ACCOUNT_NOT_FOUND");
        const rows = await listAccounts(pool, { containing, limit: limit + 1, after: last?.email ?? "" });
        const page = rows.slice(0, limit);
        const next_after = rows.length > limit ? (page.at(-1)?.id ?? null) : null;
        return { success: true, data: { users: emailsAsAsked(page, query), next_after } };
      });

      const user = {
        ...describeRoute("One account", AdminUserReply, "INVALID_REQUEST", "ACCOUNT_NOT_FOUND"),
        params: Strict({ user_id: Uuid }),
        querystring: AdminEmailsQuery,
      };
      type UserRequest = { Params: { user_id: string }; Querystring: AdminEmailsQuery };
      admin.get<UserRequest>("/users/:user_id", { schema: user }, async ({ params, query }) => {
        const summary = await readAccountSummary(pool, params.user_id);
        if (summary === null) throw new ApiError("ACCOUNT_NOT_FOUND");
        const device_list = await readAccountDevices(pool, params.user_id);
        const collections = await readAccountCollections(pool, params.user_id);
        const activity = await readAccountActivity(pool, params.user_id, activityEntries);
        return { success: true, data: { ...emailsAsAsked([summary], query)[0], device_list, collections, activity } };
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
