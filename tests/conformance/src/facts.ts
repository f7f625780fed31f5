import type { ServerConfigReply } from "@owlivion/sync-protocol";
import type { Target } from "./http/target.ts";

export type ServerConfig = ServerConfigReply["data"];

/** What is known of the server before the first case. */
export interface Facts {
  readonly config: ServerConfig;
  readonly hasDefaultLimits: boolean;
  readonly adminToken: string | null;
}

const documentedPrelogins = '"prelogin";q=30;w=60';

export async function readFacts(target: Target, adminToken: string | null): Promise<Facts> {
  const config = (await target.call<ServerConfig>({ url: "/api/v1/config" })).data;
  const prelogin = await target.call({
    method: "POST",
    url: "/api/v1/auth/prelogin",
    json: { email: "facts@example.com" },
  });
  const hasDefaultLimits = prelogin.headers.get("ratelimit-policy") === documentedPrelogins;
  return { config, hasDefaultLimits, adminToken };
}
