import {
  ChangePasswordRequest,
  DataType,
  DownloadDeletedQuery,
  DownloadDeltaQuery,
  limits,
  LoginRequest,
  PreloginRequest,
  PutKeysRequest,
  PutProofRequest,
  PutSaltRequest,
  ReauthRequest,
  RecordHistoryQuery,
  RecordId,
  RecoverRequest,
  RecoverStartRequest,
  RefreshRequest,
  RegisterRequest,
  Strict,
  Uuid,
} from "@owlivion/sync-protocol";
import {
  type Auth,
  assertSecretLength,
  type compileValidator,
  changePassword,
  type DeltaHandlers,
  getKeys,
  listDevices,
  login,
  logout,
  prelogin,
  putKeys,
  putSalt,
  recover,
  refresh,
  register,
  type RequestSession,
  revokeDevice,
  startRecovery,
} from "@owlivion/sync-server/handlers";

/** What the validator takes. */
export type Schema = Parameters<typeof compileValidator>[0]["schema"];

/** What a route's handler gets, checked by its schemas. */
export interface RouteRequest {
  readonly session: RequestSession;
  readonly params: Readonly<Record<string, string>>;
  readonly query: unknown;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface RouteReply {
  readonly status?: number;
  readonly contentType?: string;
  readonly body: unknown;
}

/** A route as the Fastify application registers it, without what only a socket has. */
export interface Route {
  readonly method: string;
  /** Of its path, below /api/v1, `:name` a parameter. */
  readonly path: string;
  readonly auth: "none" | "session" | "secret";
  readonly params?: Schema;
  readonly query?: Schema;
  readonly body?: Schema;
  /** The handler reads the bytes. */
  readonly isRaw?: boolean;
  readonly maxBodyBytes?: number;
  handle(request: never): Promise<RouteReply>;
}

const ofCollection = Strict({ data_type: DataType });

/** The routes the engine speaks to, each with the schemas and the handler of production. */
export function createRoutes(auth: Auth, delta: DeltaHandlers, config: unknown): readonly Route[] {
  const data = async (answer: Promise<unknown>): Promise<RouteReply> => ({
    body: { success: true, data: await answer },
  });
  const page = async (answer: ReturnType<DeltaHandlers["download"]>): Promise<RouteReply> => {
    const { contentType, body } = await answer;
    return { contentType, body };
  };
  const hashSecret = async (secret: string, field: string) => {
    assertSecretLength(secret, field);
    return await auth.hasher.hash(secret);
  };
  type Of<Body> = RouteRequest & { readonly body: Body };
  return [
    { method: "GET", path: "/config", auth: "none", handle: () => data(Promise.resolve(config)) },
    {
      method: "POST",
      path: "/auth/register",
      auth: "none",
      body: RegisterRequest,
      handle: async ({ body }: Of<RegisterRequest>) => ({ ...(await data(register(auth, body))), status: 201 }),
    },
    {
      method: "POST",
      path: "/auth/login",
      auth: "none",
      body: LoginRequest,
      handle: ({ body }: Of<LoginRequest>) => data(login(auth, body)),
    },
    {
      method: "POST",
      path: "/auth/prelogin",
      auth: "none",
      body: PreloginRequest,
      handle: ({ body }: Of<PreloginRequest>) => data(prelogin(auth, body.email)),
    },
    {
      method: "POST",
      path: "/auth/refresh",
      auth: "none",
      body: RefreshRequest,
      handle: async ({ body }: Of<RefreshRequest>) =>
        data(refresh(auth, body.refresh_token).then((tokens) => ({ tokens }))),
    },
    {
      method: "POST",
      path: "/auth/logout",
      auth: "session",
      handle: ({ session }: RouteRequest) => data(logout(auth, session).then(() => ({}))),
    },
    {
      method: "POST",
      path: "/auth/password",
      auth: "session",
      body: ChangePasswordRequest,
      handle: ({ session, body }: Of<ChangePasswordRequest>) => data(changePassword(auth, session, body)),
    },
    {
      method: "POST",
      path: "/auth/recover/start",
      auth: "none",
      body: RecoverStartRequest,
      handle: ({ body }: Of<RecoverStartRequest>) => data(startRecovery(auth, body)),
    },
    {
      method: "POST",
      path: "/auth/recover",
      auth: "none",
      body: RecoverRequest,
      handle: ({ headers, body }: Of<RecoverRequest>) => data(recover(auth, headers["authorization"], body)),
    },
    {
      method: "PUT",
      path: "/auth/salt",
      auth: "session",
      body: PutSaltRequest,
      handle: ({ session, body }: Of<PutSaltRequest>) =>
        data(putSalt(auth.accounts, session.userId, body.encryption_salt).then((salt) => ({ encryption_salt: salt }))),
    },
    {
      method: "GET",
      path: "/account/keys",
      auth: "secret",
      handle: ({ session }: RouteRequest) => data(getKeys(auth.accounts, session)),
    },
    {
      method: "PUT",
      path: "/account/keys",
      auth: "secret",
      body: PutKeysRequest,
      handle: ({ session, body }: Of<PutKeysRequest>) =>
        data(putKeys({ accounts: auth.accounts, hashSecret }, session, body)),
    },
    {
      method: "GET",
      path: "/devices",
      auth: "session",
      handle: ({ session }: RouteRequest) => data(listDevices(auth.accounts, session)),
    },
    {
      method: "DELETE",
      path: "/devices/:device_id",
      auth: "secret",
      params: Strict({ device_id: Uuid }),
      body: ReauthRequest,
      handle: ({ session, params }: RouteRequest & { params: { device_id: string } }) =>
        data(revokeDevice(auth, session, params.device_id.toLowerCase()).then(() => ({}))),
    },
    {
      method: "GET",
      path: "/sync/status",
      auth: "session",
      handle: async (request: RouteRequest) => ({ body: await delta.status(request) }),
    },
    {
      method: "POST",
      path: "/sync/:data_type/delta",
      auth: "session",
      params: ofCollection,
      isRaw: true,
      maxBodyBytes: limits.maxBodyBytes,
      handle: (request: Parameters<DeltaHandlers["upload"]>[0]) => page(delta.upload(request)),
    },
    {
      method: "GET",
      path: "/sync/:data_type/delta",
      auth: "session",
      params: ofCollection,
      query: DownloadDeltaQuery,
      handle: (request: Parameters<DeltaHandlers["download"]>[0]) => page(delta.download(request)),
    },
    {
      method: "GET",
      path: "/sync/:data_type/deleted",
      auth: "session",
      params: ofCollection,
      query: DownloadDeletedQuery,
      handle: (request: Parameters<DeltaHandlers["deleted"]>[0]) => page(delta.deleted(request)),
    },
    {
      method: "GET",
      path: "/sync/:data_type/records/:record_id/history",
      auth: "session",
      params: Strict({ data_type: DataType, record_id: RecordId }),
      query: RecordHistoryQuery,
      handle: (request: Parameters<DeltaHandlers["history"]>[0]) => page(delta.history(request)),
    },
    {
      method: "PUT",
      path: "/sync/:data_type/proof",
      auth: "session",
      params: ofCollection,
      body: PutProofRequest,
      handle: async (request: Parameters<DeltaHandlers["putProof"]>[0]) => ({ body: await delta.putProof(request) }),
    },
  ];
}
