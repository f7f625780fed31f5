import { isSyncError, SyncError, toSyncError } from "../errors.ts";
import { type Ports, sleep } from "../ports.ts";
import { randomFraction } from "../random-fraction.ts";
import type { Store } from "../store/store.ts";
import type { AnonymousApi } from "../transport/api.ts";
import type { Tokens } from "../transport/replies.ts";
import { retryDelay } from "../transport/retry.ts";
import type { TokenSource } from "../transport/token-source.ts";
import { type Account, readAccount, writeAccount } from "./account-row.ts";
import { isSameBytes, sealText, unsealText } from "./sealed-text.ts";

export interface TokenKeeperOptions {
  readonly store: Store;
  readonly api: () => Pick<AnonymousApi, "refresh">;
  readonly ports: Ports;
  /** The stored account changed: its session ended. */
  readonly onChange: () => void;
}

interface AccessToken {
  readonly text: string;
  readonly accountId: string;
  readonly goodUntilMs: number;
}

/** Refreshed so long before its end that a request in between still finds it good. */
const marginMs = 30_000;
/** A refresh whose reply was lost is repeated at once: the server gives the same successor for 60 seconds, and no longer. */
const refreshAttempts = 3;

/**
 * The access token in memory, the refresh token in the store. One refresh at a time over all tabs, and its reply is stored
 * before it is used: whoever crashes in between repeats it.
 */
export class TokenKeeper implements TokenSource {
  readonly #options: TokenKeeperOptions;
  #access: AccessToken | null = null;
  #refreshing: Promise<string> | null = null;

  constructor(options: TokenKeeperOptions) {
    this.#options = options;
  }

  async accessToken(refused?: string): Promise<string> {
    const access = this.#access;
    const isGood = access !== null && access.text !== refused && this.#options.ports.clock.now() < access.goodUntilMs;
    if (isGood) return access.text;
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return await this.#refreshing;
  }

  /** Tokens that a sign-in gave; the refresh token is in the store already. */
  take(tokens: Tokens, accountId: string): void {
    const goodUntilMs = this.#options.ports.clock.now() + tokens.expiresInSeconds * 1000 - marginMs;
    this.#access = { text: tokens.accessToken, accountId, goodUntilMs };
  }

  forget(): void {
    this.#access = null;
  }

  /** Nothing is erased: the person signs in again. A late answer to an older token ends nothing. */
  async sessionEnded(token: string, error: SyncError): Promise<void> {
    const access = this.#access;
    if (access?.text !== token) return;
    this.#access = null;
    const account = await this.#readAccount();
    if (account?.accountId === access.accountId) await this.#end(account, error);
  }

  async #refresh(): Promise<string> {
    const { store } = this.#options;
    for (;;) {
      const token = await store.exclusively("refresh", () => this.#refreshOnce());
      if (token !== undefined && token !== null) return token;
    }
  }

  /** Null when the stored token changed meanwhile: somebody signed in or out. */
  async #refreshOnce(): Promise<string | null> {
    const { store } = this.#options;
    const account = await this.#readAccount();
    if (account === null || account.refreshToken === null) {
      // What was told when that was stored may not have been read.
      this.#options.onChange();
      throw new SyncError(account?.endedBy ?? "NOT_SIGNED_IN");
    }
    let tokens: Tokens;
    try {
      tokens = await this.#ask(await unsealText(store.protector, account.refreshToken));
    } catch (error) {
      const known = toSyncError(error);
      if (known.code !== "INVALID_REFRESH_TOKEN" && known.code !== "KEY_UNAVAILABLE") throw known;
      if (!(await this.#end(account, known))) return null;
      throw known;
    }
    const refreshToken = await sealText(store.protector, tokens.refreshToken);
    if (!(await this.#replace(account, { refreshToken }))) return null;
    this.take(tokens, account.accountId);
    return tokens.accessToken;
  }

  async #ask(refreshToken: string): Promise<Tokens> {
    const { api, ports } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await api().refresh(refreshToken);
      } catch (error) {
        const known = toSyncError(error);
        const isLost =
          isSyncError(known, "OFFLINE") || isSyncError(known, "TIMEOUT") || isSyncError(known, "INVALID_REPLY");
        if (!isLost || attempt === refreshAttempts) throw known;
        await sleep(ports.clock, retryDelay(known, attempt, randomFraction(ports.random)) ?? 0);
      }
    }
  }

  async #end(account: Account, error: SyncError): Promise<boolean> {
    const isEnded = await this.#replace(account, { refreshToken: null, endedBy: error.code });
    if (isEnded) this.#options.onChange();
    return isEnded;
  }

  /** False, and nothing is changed, when the stored account has another refresh token by now. */
  async #replace(account: Account, change: Partial<Account>): Promise<boolean> {
    return await this.#options.store.write(["meta"], async (tx) => {
      const current = await readAccount(tx);
      if (current === null || current.accountId !== account.accountId) return false;
      if (!isSameBytes(current.refreshToken, account.refreshToken)) return false;
      await writeAccount(tx, { ...current, ...change });
      return true;
    });
  }

  #readAccount(): Promise<Account | null> {
    return this.#options.store.read(["meta"], readAccount);
  }
}
