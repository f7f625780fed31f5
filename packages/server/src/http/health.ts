import { features, HealthReply, limits, protocolVersion, ReadyReply, ServerConfigReply } from "@owlivion/sync-protocol";
import type { FastifyInstance } from "fastify";
import type { Config } from "../config/config.ts";
import type { ServerContext } from "../context.ts";
import { ApiError } from "../errors.ts";
import { errors } from "./documented-errors.ts";

const readyWithinMs = 1000;
const tags = ["server"];

/** What needs no account: is it alive, can it work, what does it offer. */
export function registerHealthRoutes(app: FastifyInstance, context: ServerContext): void {
  const { config, pool } = context;

  const health = { tags, summary: "Liveness: the process answers", response: { 200: HealthReply, ...errors() } };
  app.get("/health", { schema: health, exposeHeadRoute: true }, async () => ({
    success: true,
    status: "healthy",
    timestamp: now(),
  }));

  const ready = {
    tags,
    summary: "Readiness: the database answers too, within a second",
    response: { 200: ReadyReply, ...errors() },
  };
  app.get("/health/ready", { schema: ready, exposeHeadRoute: true }, async () => {
    await answersWithin(pool.query("select 1"), readyWithinMs);
    return { success: true, status: "ready", timestamp: now() };
  });

  const reply = { success: true, data: describeServer(config, context.dataTypes.names) };
  const schema = {
    tags,
    summary: "What this server speaks and allows",
    response: { 200: ServerConfigReply, ...errors() },
  };
  app.get("/api/v1/config", { schema }, async () => reply);
  app.get("/config", { schema: { ...schema, hide: true } }, async () => reply);
}

type DescribedSettings = Pick<Config, "registration" | "quotaBytes" | "quotaRecords" | "historyDays" | "tombstoneDays">;

/** `GET /config`. */
export function describeServer(config: DescribedSettings, dataTypes: string[]): ServerConfigReply["data"] {
  return {
    protocol: protocolVersion,
    features: [...features],
    data_types: dataTypes,
    registration: config.registration,
    limits,
    quota: { bytes: config.quotaBytes, records: config.quotaRecords },
    retention: { history_days: config.historyDays, tombstone_days: config.tombstoneDays },
  };
}

const now = () => new Date().toISOString();

async function answersWithin(answer: Promise<unknown>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([answer, late]);
  } catch (cause) {
    throw new ApiError("DATABASE_UNAVAILABLE", { retryAfterSeconds: 1, cause });
  } finally {
    clearTimeout(timer);
  }
}
