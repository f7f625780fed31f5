import { randomUUID } from "node:crypto";
import { send } from "./http-client.ts";

export type Wire = "json" | "cbor";
const media = { json: "application/json", cbor: "application/cbor" };

/** One signed-in device. */
export class Account {
  readonly #origin: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly #token: string;

  private constructor(origin: string, userId: string, deviceId: string, token: string) {
    this.#origin = origin;
    this.userId = userId;
    this.deviceId = deviceId;
    this.#token = token;
  }

  static async register(origin: string): Promise<Account> {
    const deviceId = randomUUID();
    const body = Buffer.from(
      JSON.stringify({ email: `${randomUUID()}@example.com`, password: "bench secret", device_id: deviceId }),
    );
    const reply = await send(`${origin}/api/v1/auth/register`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    const { data } = JSON.parse(reply.body.toString()) as {
      data: { user: { id: string }; tokens: { access_token: string } };
    };
    return new Account(origin, data.user.id, deviceId, data.tokens.access_token);
  }

  async upload(body: Buffer, wire: Wire): Promise<Buffer> {
    return await this.#send("POST", `/api/v1/sync/contacts/delta`, wire, body);
  }

  async download(query: string, wire: Wire): Promise<Buffer> {
    return await this.#send("GET", `/api/v1/sync/contacts/delta?${query}`, wire);
  }

  /** Everything about the account. */
  async export(): Promise<Buffer> {
    return await this.#send("GET", "/api/v1/account/export", "json");
  }

  async #send(method: string, path: string, wire: Wire, body?: Buffer): Promise<Buffer> {
    const reply = await send(`${this.#origin}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, accept: media[wire], "content-type": media[wire] },
      ...(body === undefined ? {} : { body }),
    });
    if (reply.status !== 200) throw new Error(`${method} ${path}: ${reply.status} ${reply.body.toString()}`);
    return reply.body;
  }
}
