import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import { protocolVersion } from "@owlivion/sync-protocol";
import type { FastifyInstance } from "fastify";

/** The groups of routes, in the order of the page and of the start-up log. A route names one in its `tags`. */
export const routeGroups = [
  { name: "server", description: "Is it up, and what does it offer" },
  { name: "auth", description: "Signing up, in and out; changing and recovering the secret" },
  { name: "account", description: "Wrapped keys, export, erasure" },
  { name: "devices", description: "The account's devices" },
  { name: "sync", description: "Delta sync: push, pull, history, proofs" },
  { name: "blobs", description: "Full sync: one opaque blob for each data type" },
  { name: "events", description: "What changed, at once" },
  { name: "admin", description: "Read-only, for the operator" },
] as const;

/** Of the page: its own files, and calls to this server. No `upgrade-insecure-requests`: a trial has no TLS. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
  "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * OpenAPI 3.1 from the routes' own schemas, and its page at `/docs`, from files of ours alone. Before any route. The
 * schemes for `security`: `bearer` (an access token), `recovery` (a recovery token), `admin` (ADMIN_TOKEN).
 */
export async function installOpenApi(app: FastifyInstance): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Owlivion Sync",
        version: `${protocolVersion.major}.${protocolVersion.minor}`,
        description: "Self-hosted, end-to-end-encrypted delta sync. The server stores ciphertext only.",
        license: { name: "MIT", identifier: "MIT" },
      },
      tags: [...routeGroups],
      components: {
        securitySchemes: {
          bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT", description: "An access token" },
          recovery: { type: "http", scheme: "bearer", description: "The token of /auth/recover/start" },
          admin: { type: "http", scheme: "bearer", description: "ADMIN_TOKEN" },
        },
      },
    },
  });
  await app.register(swaggerUi, {
    routePrefix: "/docs",
    staticCSP: contentSecurityPolicy,
    uiConfig: { deepLinking: true, docExpansion: "list", tryItOutEnabled: true },
    validatorUrl: false,
  });
}
