/** The operator's API with a token that is held here and nowhere else: a reload asks for it again. */
export interface AdminClient {
  /** Throws `AdminError`. */
  get<T>(path: string): Promise<T>;
}

export class AdminError extends Error {
  override readonly name = "AdminError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

export function createAdminClient(token: string): AdminClient {
  return {
    async get<T>(path: string): Promise<T> {
      const reply = await fetch(`/api/v1/admin/${path}`, {
        headers: { authorization: `Bearer ${token}` },
        cache: "no-store",
      });
      const body = (await reply.json()) as { data?: T; code?: string; error?: string };
      if (reply.ok && body.data !== undefined) return body.data;
      throw new AdminError(body.code ?? String(reply.status), body.error ?? reply.statusText);
    },
  };
}
