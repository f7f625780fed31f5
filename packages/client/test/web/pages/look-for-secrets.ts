import { exposeKeyBundle } from "@owlivion/sync-crypto";
import { deriveLogin, unwrapKeyBundle } from "@owlivion/sync-crypto/account";
import { insecurePasswordHashForTests } from "@owlivion/sync-crypto/testing";

export interface FoundSecrets {
  /** Values that were looked at, so that a search that saw nothing is noticed. */
  readonly looked: number;
  /** Where a secret lies in plain: bytes, hex or base64. */
  readonly found: readonly string[];
  /** CryptoKeys, and those among them whose bytes a script can have. */
  readonly keys: number;
  readonly extractableKeys: number;
  /** The account's keys, for a search outside of the page. */
  readonly bundle: readonly number[];
}

interface StoredAccount {
  readonly accountId: string;
  readonly suite: number;
  readonly seed: Uint8Array;
  readonly passwordWrap: Uint8Array;
}

/** Opens the stored wrap with the password, as a thief cannot, and looks for what came out everywhere in the database. */
export async function lookForSecrets(
  storeName: string,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<FoundSecrets> {
  const rows = await readDatabase(storeName);
  const account = rows.find(({ key }) => key === "session/account")?.value as StoredAccount;
  const { suite, seed, accountId, passwordWrap } = account;
  const secrets = await deriveLogin({ email, password, suite, seed }, insecurePasswordHashForTests);
  const bundle = unwrapKeyBundle(secrets.kek, accountId, passwordWrap);
  const needles = [
    exposeKeyBundle(bundle),
    bundle.idKey.exposeSecretBytes(),
    ...bundle.accountKeys.map(({ key }) => key.exposeSecretBytes()),
    secrets.kek.exposeSecretBytes(),
    secrets.authSecret.exposeSecretBytes(),
    utf8.encode(password),
  ];
  return { ...search(rows, needles), bundle: [...exposeKeyBundle(bundle)] };
}

/** Where a text lies in plain. */
export async function lookForText(storeName: string, text: string): Promise<readonly string[]> {
  return search(await readDatabase(storeName), [utf8.encode(text)]).found;
}

const utf8 = new TextEncoder();

function search(rows: readonly FoundRow[], secrets: readonly Uint8Array[]): Omit<FoundSecrets, "bundle"> {
  const needles = secrets.flatMap(spellings);
  const result = { looked: 0, found: [] as string[], keys: 0, extractableKeys: 0 };
  const look = (text: string, path: string): void => {
    if (needles.some((needle) => text.includes(needle))) result.found.push(path);
  };
  const visit = (value: unknown, path: string): void => {
    result.looked += 1;
    if (value instanceof CryptoKey) {
      result.keys += 1;
      if (value.extractable) result.extractableKeys += 1;
    } else if (typeof value === "string") look(value, path);
    else if (value instanceof Uint8Array) look(latin1(value), path);
    else if (typeof value === "object" && value !== null) {
      for (const [key, item] of Object.entries(value)) visit(item, `${path}.${key}`);
    }
  };
  for (const { table, row } of rows) visit(row, table);
  return result;
}

interface FoundRow {
  readonly table: string;
  readonly row: unknown;
  readonly key: unknown;
  readonly value: unknown;
}

async function readDatabase(name: string): Promise<FoundRow[]> {
  const db = await answer(indexedDB.open(name));
  const rows: FoundRow[] = [];
  for (const table of db.objectStoreNames) {
    for (const row of await answer(db.transaction(table).objectStore(table).getAll())) {
      rows.push({ table, row, key: row?.key, value: row?.value });
    }
  }
  db.close();
  return rows;
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error));
  });
}

function spellings(bytes: Uint8Array): string[] {
  const binary = latin1(bytes);
  const base64 = btoa(binary).replaceAll("=", "");
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [binary, hex, base64, base64.replaceAll("+", "-").replaceAll("/", "_")];
}

const latin1 = (bytes: Uint8Array): string => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
