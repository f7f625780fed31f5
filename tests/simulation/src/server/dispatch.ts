import { limits } from "@owlivion/sync-protocol";
import {
  ApiError,
  type Auth,
  compileValidator,
  readSession,
  renderError,
  type RequestSession,
  requireSecret,
  toApiError,
} from "@owlivion/sync-server/handlers";
import type { Route, RouteRequest, Schema } from "./sim-routes.ts";
import type { SimReply, SimRequest } from "./sim-server.ts";

/** What no route asks for: it may be anything, and none looks. */
const nobody = null as unknown as RequestSession;

const base = "/api/v1";

/**
 * What Fastify does between a socket and a handler, in its order: route, session, body, schemas, the secret again. Errors
 * that are not the server's own answers, such as the end of its process, are thrown.
 */
export async function dispatch(
  routes: readonly Route[],
  auth: Auth,
  request: SimRequest,
  isFatal: (error: unknown) => boolean,
): Promise<SimReply> {
  try {
    const { status = 200, contentType = "application/json; charset=utf-8", body } = await answer(routes, auth, request);
    const text = typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body);
    return { status, headers: { "content-type": contentType }, body: toBytes(text) };
  } catch (error) {
    if (isFatal(error)) throw error;
    const { body, ...reply } = renderError(toApiError(error));
    return { ...reply, body: toBytes(body) };
  }
}

async function answer(routes: readonly Route[], auth: Auth, request: SimRequest) {
  const [path = "", search = ""] = request.path.split("?", 2);
  const found = findRoute(routes, request.method, path);
  if (found === null) throw new ApiError("NOT_FOUND");
  const { route, params } = found;
  const session = route.auth === "none" ? nobody : await readSession(auth, request.headers["authorization"]);
  const body = readBody(route, request);
  check(route.params, "params", params);
  if (!(route.isRaw ?? false)) check(route.body, "body", body);
  const query = readQuery(search);
  check(route.query, "querystring", query);
  const headers = request.headers;
  if (route.auth === "secret") await requireSecret(auth, session, { body, headers });
  const handled: RouteRequest = { session, params, query, headers, body };
  return await route.handle(handled as never);
}

function findRoute(routes: readonly Route[], method: string, path: string) {
  if (!path.startsWith(`${base}/`)) return null;
  const parts = path.slice(base.length).split("/");
  let found: { route: Route; params: Record<string, string> } | null = null;
  for (const route of routes) {
    if (route.method !== method) continue;
    const params = match(patternOf(route), parts);
    // A fixed path before one with parameters.
    if (params !== null && (found === null || !route.path.includes(":"))) found = { route, params };
  }
  return found;
}

const patterns = new Map<string, readonly string[]>();

function patternOf({ path }: Route): readonly string[] {
  let pattern = patterns.get(path);
  if (pattern === undefined) patterns.set(path, (pattern = path.split("/")));
  return pattern;
}

function match(pattern: readonly string[], parts: readonly string[]): Record<string, string> | null {
  if (pattern.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [i, name] of pattern.entries()) {
    const part = parts[i]!;
    if (!name.startsWith(":")) {
      if (name !== part) return null;
      continue;
    }
    try {
      params[name.slice(1)] = decodeURIComponent(part);
    } catch {
      return null;
    }
  }
  return params;
}

function readBody(route: Route, { body, headers }: SimRequest): unknown {
  if (body === null || body.length === 0) {
    if (route.isRaw === true) return Buffer.alloc(0);
    return route.body === undefined || route.method === "DELETE" ? null : undefined;
  }
  if (body.length > (route.maxBodyBytes ?? limits.maxAnonymousBodyBytes)) throw new ApiError("BODY_TOO_LARGE");
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const type = headers["content-type"]?.split(";", 1)[0]?.trim().toLowerCase();
  if (route.isRaw === true) {
    if (type === "application/json" || type === "application/cbor") return bytes;
    throw new ApiError("UNSUPPORTED_MEDIA_TYPE");
  }
  if (type !== "application/json") throw new ApiError("UNSUPPORTED_MEDIA_TYPE");
  try {
    return JSON.parse(bytes.toString("utf8")) as unknown;
  } catch (error) {
    throw new ApiError("INVALID_JSON", { cause: error });
  }
}

function readQuery(search: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(search));
}

type Part = "params" | "querystring" | "body";
type Validator = ReturnType<typeof compileValidator> & { errors?: unknown };
const validators = new Map<Schema, Validator>();

/** Fails as Fastify's validation does; the error table's name for it is found where Fastify's is. */
function check(schema: Schema | undefined, httpPart: Part, value: unknown): void {
  if (schema === undefined) return;
  let validate = validators.get(schema);
  if (validate === undefined) {
    validate = compileValidator({ schema, httpPart, method: "", url: "" });
    validators.set(schema, validate);
  }
  if (validate(value) === true) return;
  throw Object.assign(new Error("validation"), {
    code: "FST_ERR_VALIDATION",
    validation: validate.errors,
    validationContext: httpPart,
  });
}

function toBytes(text: string | Uint8Array): Uint8Array {
  return typeof text === "string" ? Buffer.from(text) : text;
}
