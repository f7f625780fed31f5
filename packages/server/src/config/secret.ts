import { inspect } from "node:util";

const redacted = "[secret]";

/**
 * A string that must not appear in a log, an error or a reply. Printing, inspecting, joining and JSON show `[secret]`; only
 * `revealSecret` gives the value, and is easy to search for.
 */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  static reveal(secret: Secret): string {
    return secret.#value;
  }

  toString(): string {
    return redacted;
  }

  toJSON(): string {
    return redacted;
  }

  [inspect.custom](): string {
    return redacted;
  }
}

export function revealSecret(secret: Secret): string {
  return Secret.reveal(secret);
}
