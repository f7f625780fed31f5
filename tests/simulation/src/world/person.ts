import { Random } from "../tapes/random.ts";

/** Somebody with an account: what they know by heart, and wrote down. */
export class Person {
  readonly number: number;
  readonly email: string;
  /** The likeliest first; after a change whose outcome nobody knows both may open. */
  passwords: string[];
  recoveryKey: string | null = null;
  /** The server asked for patience until then: too many wrong passwords. */
  waitsUntilMs = 0;
  /** Since somebody signed up. */
  accountId: string | null = null;

  constructor(seed: number, number: number) {
    this.number = number;
    const random = new Random(seed, `person/${number}`);
    this.email = `person-${number}-${random.u32()}@example.com`;
    this.passwords = [this.newPassword(random.u32())];
  }

  newPassword(value: number): string {
    return `${canary} correct horse ${this.number} ${value}`;
  }
}

/** Stands in every password, natural key and value: what the server must never see. */
export const canary = "zq9vxjkwpt";
