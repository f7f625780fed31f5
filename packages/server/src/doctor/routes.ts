import { AdminDoctorReply } from "@owlivion/sync-protocol";
import type { FastifyInstance } from "fastify";
import type { AppContext } from "../app-context.ts";
import { errors } from "../http/documented-errors.ts";
import { createRequireAdmin } from "../http/require-admin.ts";
import { checkDisk } from "./check-disk.ts";
import { checkSettings } from "./check-settings.ts";
import { examineDatabase } from "./examine-database.ts";
import type { Finding } from "./finding.ts";

/** The doctor without a terminal; reading every row is the command line's. */
export function registerDoctorRoute(app: FastifyInstance, context: AppContext): void {
  const schema = {
    tags: ["admin"],
    summary: "What the doctor sees",
    security: [{ admin: [] }],
    response: { 200: AdminDoctorReply, ...errors("ADMIN_TOKEN_REQUIRED", "RATE_LIMITED") },
  };
  app.get("/api/v1/admin/doctor", { schema, onRequest: createRequireAdmin(context) }, async () => {
    const { config, pool } = context;
    const findings: Finding[] = [...checkSettings(config), ...checkDisk(config.dataDir)];
    for await (const finding of examineDatabase(pool, config, false)) findings.push(finding);
    return { success: true, data: { findings } };
  });
}
