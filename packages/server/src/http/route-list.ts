import type { FastifyInstance } from "fastify";
import type { Log } from "../log.ts";
import { routeGroups } from "./openapi.ts";

/** Tells at start what there is to call, one line for each group of routes. Before any route. */
export function installRouteList(app: FastifyInstance, log: Log): void {
  const endpointsByGroup = new Map<string, string[]>(routeGroups.map(({ name }) => [name, []]));
  app.addHook("onRoute", ({ method, url, schema }) => {
    const methods = [method].flat().filter((name) => name !== "HEAD" && name !== "OPTIONS");
    for (const group of schema?.tags ?? []) {
      for (const name of methods) endpointsByGroup.get(group)?.push(`${name} ${url}`);
    }
  });
  app.addHook("onListen", async () => {
    for (const [group, endpoints] of endpointsByGroup) log.info({ endpoints }, `routes: ${group}`);
  });
}
