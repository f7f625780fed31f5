import { randomUUID } from "node:crypto";
import type { RegisterRequest, Session } from "@owlivion/sync-protocol";
import { base64 } from "./change.ts";
import type { Collection } from "./collection.ts";
import { Device } from "./device.ts";
import type { Facts } from "./facts.ts";
import type { Answer, Target } from "./http/target.ts";

const secret = "a secret of the conformance suite";

/** What cases act on. Accounts cost a hash, so cases share one as long as it has a collection nobody used. */
export class World {
  readonly target: Target;
  readonly facts: Facts;
  #shared: Device | null = null;
  #unused: string[] = [];

  constructor(target: Target, facts: Facts) {
    this.target = target;
    this.facts = facts;
  }

  /** A collection without history, of an account that may have others. */
  async collection(): Promise<Collection> {
    const dataType = this.#unused.shift();
    if (dataType !== undefined && this.#shared !== null) return this.#shared.collection(dataType);
    this.#shared = await this.register();
    this.#unused = [...this.facts.config.data_types];
    return this.#shared.collection(this.#unused.shift()!);
  }

  /** A new account: plain, or sealed with `sealedFields()`. */
  async register(fields: Partial<RegisterRequest> = {}): Promise<Device> {
    const body = { email: freshEmail(), password: secret, device_id: randomUUID(), ...fields };
    return this.#signIn("register", body, body.device_id);
  }

  /** Another device of the account, or the same one again. */
  login(device: Device, id: string = randomUUID(), password: string = device.secret): Promise<Device> {
    const body = { email: device.email, password, device_id: id };
    return this.#signIn("login", body, id);
  }

  tryLogin(email: string, password: string): Promise<Answer<Session>> {
    const json = { email, password, device_id: randomUUID() };
    return this.target.call<Session>({ method: "POST", url: "/api/v1/auth/login", json });
  }

  async #signIn(route: string, json: { email: string; password: string }, id: string): Promise<Device> {
    const reply = await this.target.call<Session>({ method: "POST", url: `/api/v1/auth/${route}`, json });
    if (reply.status >= 300) throw new Error(`${route} answered ${reply.status} ${reply.code}`);
    return new Device(this.target, json.email, json.password, id, reply.data);
  }
}

export const freshEmail = (): string => `conformance-${randomUUID()}@example.com`;

export const recoverySecret = "recovery secret of the suite";

/** What makes an account sealed. */
export function sealedFields() {
  return {
    account_id: randomUUID(),
    auth_suite: 1,
    kdf_seed: base64(new Uint8Array(32).fill(7)),
    keys: keySet(1),
    recovery_auth: recoverySecret,
  };
}

export function keySet(keyEpoch: number, fill = 1) {
  const wrap = (byte: number) => base64(new Uint8Array(80).fill(byte));
  return { key_epoch: keyEpoch, password_wrap: wrap(fill), recovery_wrap: wrap(fill + 100) };
}
