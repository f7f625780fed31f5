import { limits } from "@owlivion/sync-protocol";
import * as account from "./account-schemas.ts";
import type { Api, CallOptions, DeviceIntroduction, NewKeys, NewSecret, PullAsOfInput } from "./api.ts";
import { authorized } from "./authorized.ts";
import { toBase64 } from "./base64.ts";
import { checkPage } from "./check-page.ts";
import { checkPush } from "./check-push.ts";
import { ClockOffset } from "./clock-offset.ts";
import * as delta from "./delta-schemas.ts";
import { readExportLines } from "./export-lines.ts";
import { HttpClient, type HttpOptions } from "./http-client.ts";
import { request, requestStream, type RouteCall } from "./request.ts";
import { readServerEvents } from "./server-events.ts";
import type { TokenSource } from "./token-source.ts";
import { SyncError } from "../errors.ts";

export interface ApiOptions extends Omit<HttpOptions, "clockOffset"> {
  readonly clockOffset?: ClockOffset;
  /** A function, because the session that gives tokens is itself made with the API. */
  readonly tokens: () => TokenSource;
}

/** A reply without records. */
const maxSmallReplyBytes = 4 * 1024 * 1024;
/** The server beats every 25 seconds. */
const silenceMs = 60_000;
/** A successor of a refresh token is given again for a minute: there must be time for a second attempt. */
const refreshIdleMs = 15_000;

/** The server's routes over HTTP. Throws INSECURE_URL at once for an address that nothing may be sent to. */
export function createApi(options: ApiOptions): Api {
  const http = new HttpClient({ ...options, clockOffset: options.clockOffset ?? new ClockOffset() });
  const small: Partial<RouteCall> = { maxBytes: maxSmallReplyBytes };
  const as = <T>(send: (token: string) => Promise<T>): Promise<T> => authorized(options.tokens(), send);
  const deltaOf = (dataType: string) => `/sync/${encodeURIComponent(dataType)}/delta`;

  return {
    config: (o) => request(http, { ...get("/config", o), ...small }, account.serverConfig),
    prelogin: (email, o) => request(http, { ...post("/auth/prelogin", { email }, o), ...small }, account.prelogin),
    register: (input, o) =>
      request(http, { ...post("/auth/register", registerBody(input), o), ...small }, account.signedIn),
    login: (input, o) => {
      const body = { email: input.email, password: input.secret.exposeWireText(), ...deviceFields(input) };
      return request(http, { ...post("/auth/login", body, o), ...small }, account.signedIn);
    },
    refresh: (refreshToken, o) => {
      const call = post("/auth/refresh", { refresh_token: refreshToken }, o);
      return request(http, { ...call, ...small, idleMs: refreshIdleMs }, account.refreshed);
    },
    logout: async (token, o) => {
      await request(http, { ...post("/auth/logout", undefined, o), ...small, token }, account.nothing);
    },
    recoverStart: (input, o) => {
      const body = { email: input.email, recovery_auth: input.recoveryAuth.exposeWireText() };
      return request(http, { ...post("/auth/recover/start", body, o), ...small }, account.recoveryStarted);
    },
    recover: (input, o) => {
      const body = {
        ...newSecretFields(input),
        recovery_auth: input.recoveryAuth.exposeWireText(),
        ...deviceFields(input),
      };
      const call = { ...post("/auth/recover", body, o), ...small, token: input.recoveryToken };
      return request(http, call, account.signedIn);
    },

    changePassword: (input, o) => {
      const body = {
        password: input.secret.exposeWireText(),
        ...newSecretFields(input),
        ...(input.recoveryAuth === undefined ? {} : { recovery_auth: input.recoveryAuth.exposeWireText() }),
      };
      return as((token) => request(http, { ...post("/auth/password", body, o), ...small, token }, account.keysVersion));
    },
    getKeys: (secret, o) =>
      as((token) => request(http, { ...get("/account/keys", o), ...small, token, secret }, account.storedKeys)),
    putKeys: (input, o) => {
      const body = {
        password: input.secret.exposeWireText(),
        version: input.version,
        keys: keysBody(input.keys),
        ...(input.recoveryAuth === undefined ? {} : { recovery_auth: input.recoveryAuth.exposeWireText() }),
      };
      const call: RouteCall = { ...post("/account/keys", body, o), ...small, method: "PUT" };
      return as((token) => request(http, { ...call, token }, account.putKeys));
    },
    devices: (o) => as((token) => request(http, { ...get("/devices", o), ...small, token }, account.deviceList)),
    revokeDevice: async (deviceId, secret, o) => {
      const call: RouteCall = { ...get(`/devices/${encodeURIComponent(deviceId)}`, o), method: "DELETE", secret };
      await as((token) => request(http, { ...call, token }, account.nothing));
    },
    deleteAccount: async (secret, o) => {
      const call: RouteCall = { ...get("/account", o), method: "DELETE", secret };
      await as((token) => request(http, { ...call, token }, account.nothing));
    },
    async *exportAccount(secret, o) {
      const call: RouteCall = { ...get("/account/export", o), secret, accept: "stream", maxBytes: Infinity };
      yield* readExportLines(await as((token) => requestStream(http, { ...call, token })));
    },

    status: (o) => as((token) => request(http, { ...get("/sync/status", o), ...small, token }, account.syncStatus)),
    pullPage: async ({ dataType, cursor, tombstones, limit = limits.maxPageRows }, o) => {
      const call = {
        ...get(deltaOf(dataType), o),
        dataType,
        query: { cursor, tombstones, limit },
        accept: "cbor",
      } as const;
      const page = await as((token) => request(http, { ...call, token }, delta.page));
      return checkPage(page, { dataType, limit });
    },
    pullAsOf: async (input, o) => {
      const { dataType, limit = limits.maxPageRows } = input;
      const call = {
        ...get(deltaOf(dataType), o),
        dataType,
        query: { ...pastQuery(input), limit },
        accept: "cbor",
      } as const;
      const page = await as((token) => request(http, { ...call, token }, delta.page));
      if (page.as_of === undefined) throw new SyncError("INVALID_REPLY");
      return checkPage(page, { dataType, limit });
    },
    push: async ({ dataType, body, idempotencyKey, recordIds }, o) => {
      const call: RouteCall = {
        ...get(deltaOf(dataType), o),
        dataType,
        method: "POST",
        cbor: body,
        idempotencyKey,
        accept: "cbor",
      };
      const reply = await as((token) => request(http, { ...call, token }, delta.pushReply));
      return checkPush(reply, { dataType, recordIds });
    },
    putProof: async ({ dataType, epoch, version, proof }, o) => {
      const body = { epoch, version, proof: toBase64(proof) };
      const call: RouteCall = {
        ...post(`/sync/${encodeURIComponent(dataType)}/proof`, body, o),
        dataType,
        method: "PUT",
      };
      await as((token) => request(http, { ...call, token }, account.nothing));
    },
    recordHistory: async ({ dataType, recordId, before, limit = limits.maxPageRows }, o) => {
      const path = `/sync/${encodeURIComponent(dataType)}/records/${encodeURIComponent(recordId)}/history`;
      const call = { ...get(path, o), dataType, query: { before, limit }, accept: "cbor" } as const;
      const page = await as((token) => request(http, { ...call, token }, delta.history));
      const isDescending = page.entries.every(
        ({ version }, i) => version < (page.entries[i - 1]?.version ?? before ?? Infinity),
      );
      if (page.recordId !== recordId || !isDescending) throw new SyncError("INVALID_REPLY");
      return page;
    },
    async *openEvents(o) {
      const call = { ...get("/sync/events", o), accept: "events", idleMs: silenceMs, maxBytes: Infinity } as const;
      yield* readServerEvents(await as((token) => requestStream(http, { ...call, token })));
    },
  };
}

const get = (path: string, options: CallOptions = {}): RouteCall => ({ method: "GET", path, signal: options.signal });
const post = (path: string, json: object | undefined, options: CallOptions = {}): RouteCall => ({
  method: "POST",
  path,
  ...(json === undefined ? {} : { json }),
  signal: options.signal,
});

const pastQuery = (input: PullAsOfInput) => ("cursor" in input ? { cursor: input.cursor } : { as_of: input.asOf });

function deviceFields({ deviceId, deviceName, platform }: DeviceIntroduction) {
  return { device_id: deviceId, device_name: deviceName, platform };
}

function keysBody({ keyEpoch, passwordWrap, recoveryWrap }: NewKeys) {
  return { key_epoch: keyEpoch, password_wrap: toBase64(passwordWrap), recovery_wrap: toBase64(recoveryWrap) };
}

function newSecretFields({ newSecret, suite, seed, keys, keysVersion }: NewSecret) {
  return {
    new_password: newSecret.exposeWireText(),
    auth_suite: suite,
    kdf_seed: toBase64(seed),
    keys: keysBody(keys),
    keys_version: keysVersion,
  };
}

function registerBody(input: Parameters<Api["register"]>[0]) {
  return {
    email: input.email,
    password: input.secret.exposeWireText(),
    ...deviceFields(input),
    invitation: input.invitation,
    account_id: input.accountId,
    auth_suite: input.suite,
    kdf_seed: toBase64(input.seed),
    keys: keysBody(input.keys),
    recovery_auth: input.recoveryAuth.exposeWireText(),
  };
}
