import { request, type IncomingHttpHeaders } from "node:http";
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

  collection(dataType: string): Collection {
    return new Collection(this, dataType);
  }
}
