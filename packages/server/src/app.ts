import { randomUUID } from "node:crypto";
import Fastify, { LogController, type FastifyBaseLogger, type FastifyInstance } from "fastify";
import { limits } from "@owlivion/sync-protocol";
import { resumeErasures } from "./account/resume-erasures.ts";
import { registerAccountRoutes } from "./account/routes.ts";
import { registerMetricsRoute } from "./admin/metrics-route.ts";
import { registerAdminRoutes } from "./admin/routes.ts";
import { createAppContext } from "./app-context.ts";
import { type AuthPorts, createAuth } from "./auth/auth.ts";
import { createGuards } from "./auth/create-guards.ts";
import { registerAuthRoutes } from "./auth/routes.ts";
import { registerSecretRoutes } from "./auth/secret-routes.ts";
import { registerDesktopRoutes } from "./blobs/desktop-routes.ts";
import { registerFullSyncRoutes } from "./blobs/full-sync-routes.ts";
import type { ServerContext } from "./context.ts";
import { LastSeen } from "./devices/last-seen.ts";
import { registerDeviceRoutes } from "./devices/routes.ts";
import { registerEventRoutes } from "./events/routes.ts";
import { registerDoctorRoute } from "./doctor/routes.ts";
import { installAccountConcurrency } from "./http/account-concurrency.ts";
import { installBodyBudget } from "./http/body-budget.ts";
import { installBodyTimeout } from "./http/body-timeout.ts";
import { answerClientError } from "./http/client-errors.ts";
import { refuseEncodedBodies } from "./http/content-encoding.ts";
import { installDrain } from "./http/drain.ts";
import { acceptOddHeaders, answerFrameworkError, installErrorHandler } from "./http/error-handler.ts";
import { registerHealthRoutes } from "./http/health.ts";
import { installOpenApi } from "./http/openapi.ts";
import { installRequestLog } from "./http/request-log.ts";
import { installRequestMetrics } from "./http/request-metrics.ts";
import { installRouteList } from "./http/route-list.ts";
import { installSecurity } from "./http/security.ts";
import { warnOfUntrustedProxies } from "./http/trusted-proxies.ts";
import { compileValidator } from "./http/validation.ts";
import { scheduleCleanup } from "./retention/schedule-cleanup.ts";
import { registerSyncRoutes } from "./sync/routes.ts";
import { serveWebApp } from "./web/serve-web-app.ts";

export interface AppOptions {
  logger?: FastifyBaseLogger;
  /** A test's clock and hasher. */
  authPorts?: Partial<AuthPorts>;
  /** Where the built web app lies; absent: the API alone. */
  webAppDir?: string;
}

/**
 * The HTTP application on a migrated database; tests and production build the same one. The caller listens, and closes
 * it before the pool.
 */
export async function buildApp(context: ServerContext, options: AppOptions = {}): Promise<FastifyInstance> {
  const app = Fastify({
    ...(options.logger === undefined ? { logger: false } : { loggerInstance: options.logger }),
    logController: new LogController({ disableRequestLogging: true }), // http/request-log.ts writes one line, not two
    genReqId: () => randomUUID(),
    bodyLimit: limits.maxAnonymousBodyBytes,
    requestTimeout: 240_000, // a full batch at 100 KB/s; http/body-timeout.ts cuts what stalls
    http: { headersTimeout: 10_000, requireHostHeader: false }, // acceptOddHeaders answers, with a code
    clientErrorHandler: answerClientError,
    frameworkErrors: answerFrameworkError,
    keepAliveTimeout: 65_000,
    maxRequestsPerSocket: 1000,
    routerOptions: { maxParamLength: 1024 },
    exposeHeadRoutes: false, // an export would run whole for nothing; health alone has them
    return503OnClosing: false, // http/drain.ts answers, with a code
    trustProxy: context.config.trustedProxies.length > 0 ? [...context.config.trustedProxies] : false,
  });
  app.setValidatorCompiler(compileValidator);
  app.setSerializerCompiler(() => JSON.stringify); // reply schemas are for the documents and the tests
  app.decorateRequest("session", null);
  installErrorHandler(app);
  await installSecurity(app, context.config); // before all that may refuse: a refusal has these headers too
  const appContext = createAppContext(app, context);
  installRequestLog(app);
  installRequestMetrics(app, appContext.metrics);
  acceptOddHeaders(app);
  installDrain(app);
  refuseEncodedBodies(app);
  installBodyTimeout(app);
  await installOpenApi(app);
  installRouteList(app, context.log);
  warnOfUntrustedProxies(app, context.log);
  new LastSeen(context.pool, context.log).install(app);
  const auth = await createAuth(appContext, options.authPorts);
  const guards = createGuards(auth, appContext.rateLimits);

  scheduleCleanup(app, appContext);

  registerHealthRoutes(app, appContext);
  registerMetricsRoute(app, appContext);
  await registerAdminRoutes(app, appContext);
  registerDoctorRoute(app, appContext);
  registerAuthRoutes(app, auth, guards);
  registerSecretRoutes(app, auth, guards);
  registerAccountRoutes(app, appContext, guards);
  resumeErasures(app, appContext);
  registerDeviceRoutes(app, appContext, guards);
  await app.register(async (signedIn) => {
    signedIn.addHook("onRequest", guards.authenticate);
    installBodyBudget(signedIn);
    installAccountConcurrency(signedIn, context.config.databasePoolSize);
    registerEventRoutes(signedIn, appContext);
    await registerSyncRoutes(signedIn, appContext);
    registerFullSyncRoutes(signedIn, appContext);
    registerDesktopRoutes(signedIn, appContext);
  });
  if (options.webAppDir !== undefined) await serveWebApp(app, options.webAppDir);
  return app;
}
