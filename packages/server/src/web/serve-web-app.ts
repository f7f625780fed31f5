import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";
import { cacheControlOf, isScreen, webAppPolicy } from "./web-app-policy.ts";

/** The built web app: its files, and its page for every address that is a screen of it. After all other routes. */
export async function serveWebApp(app: FastifyInstance, directory: string): Promise<void> {
  await app.register(async (web) => {
    web.addHook("onRequest", async (request, reply) => {
      const path = request.url.split("?", 1)[0] ?? "/";
      reply.header("cache-control", cacheControlOf(path)).header("content-security-policy", webAppPolicy);
    });
    await web.register(fastifyStatic, {
      root: directory,
      wildcard: false, // one route for each file: nothing else in the folder can be asked for
      index: false,
      cacheControl: false,
      preCompressed: true,
      globIgnore: ["**/*.br", "**/*.gz", "index.html"],
    });
    web.get("/*", { schema: { hide: true } }, (request, reply) => {
      const path = request.url.split("?", 1)[0] ?? "/";
      if (isScreen(path, request.headers.accept)) return reply.sendFile("index.html");
      reply.removeHeader("content-security-policy");
      return reply.callNotFound();
    });
  });
}
