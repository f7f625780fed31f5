import { request, type IncomingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Session } from "@owlivion/sync-protocol";
import { Collection } from "./collection.ts";
import type { Answer, Call, Target } from "./http/target.ts";

/** One signed-in device of an account. */
export class Device {
  readonly target: Target;
  readonly email: string;
  readonly secret: string;
  readonly id: string;
  readonly session: Session;

  constructor(target: Target, email: string, secret: string, id: string, session: Session) {
    this.target = target;
    this.email = email;
    this.secret = secret;
    this.id = id;
    this.session = session;
  }

  get accessToken(): string {
    return this.session.tokens.access_token;
  }

  call<Data = unknown>(call: Call): Promise<Answer<Data>> {
    return this.target.call<Data>({ token: this.accessToken, ...call });
  }

  /** A download whose bytes stay as they came: fetch unpacks by itself. */
  async raw(path: string, coding: string): Promise<{ headers: IncomingHttpHeaders; body: Buffer }> {
    const headers = { authorization: `Bearer ${this.accessToken}`, "accept-encoding": coding };
    return await new Promise((resolve, reject) => {
      const sent = request(`${this.target.nextUrl()}${path}`, { headers }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on("data", (chunk: Buffer) => chunks.push(chunk));
        reply.on("end", () => resolve({ headers: reply.headers, body: Buffer.concat(chunks) }));
        reply.on("error", reject);
      });
      sent.on("error", reject);
      sent.end();
    });
  }

  /** Says how long a JSON body will be, and hears the answer before sending any of it: whoever refuses it closes at once. */
  async announceBody(path: string, bodyBytes: number): Promise<{ status: number | undefined; body: unknown }> {
    const headers = {
      authorization: `Bearer ${this.accessToken}`,
      "content-type": "application/json",
      "content-length": bodyBytes,
    };
    return await new Promise((resolve, reject) => {
      const url = this.target.nextUrl();
      const send = url.startsWith("https:") ? httpsRequest : request;
      const sent = send(`${url}${path}`, { method: "POST", headers }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on("data", (chunk: Buffer) => chunks.push(chunk));
        reply.on("end", () => {
          sent.destroy();
          const body = JSON.parse(Buffer.concat(chunks).toString()) as { code?: string };
          if (body.code !== undefined) this.target.codes.add(body.code);
          resolve({ status: reply.statusCode, body });
        });
        reply.on("error", reject);
      });
      sent.on("error", reject);
      sent.flushHeaders();
    });
  }

  collection(dataType: string): Collection {
    return new Collection(this, dataType);
  }
}
