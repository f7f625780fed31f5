import { deriveLogin } from "@owlivion/sync-crypto/account";
import { argon2id } from "@owlivion/sync-crypto/argon2";
import { Decoder } from "cbor-x";
import { password } from "./password.ts";

export interface RawRow {
  readonly id: string;
  readonly version: number;
  readonly envelope: Uint8Array;
}

const decoder = new Decoder({ useRecords: false, mapsAsObjects: true });
const sessions = new Map<string, string>();

/** The collection's pages as bytes, over bare fetch; what is in them is read outside of the time. */
export async function downloadRaw(origin: string, email: string): Promise<{ rows: RawRow[]; ms: number }> {
  const token = sessions.get(email) ?? (await signIn(origin, email));
  sessions.set(email, token);
  const headers = { authorization: `Bearer ${token}`, accept: "application/cbor" };
  const rows: RawRow[] = [];
  let ms = 0;
  for (let cursor = "initial"; ;) {
    const start = performance.now();
    const reply = await fetch(`${origin}/api/v1/sync/contacts/delta?cursor=${cursor}&limit=1000`, { headers });
    const bytes = new Uint8Array(await reply.arrayBuffer());
    ms += performance.now() - start;
    if (!reply.ok) throw new Error(`a download answered ${reply.status}`);
    const { data } = decoder.decode(bytes) as {
      data: {
        changes: { record_id: string; version: number; encrypted_record: Uint8Array }[];
        next_cursor: string;
        pagination: { has_more: boolean };
      };
    };
    for (const { record_id, version, encrypted_record } of data.changes) {
      rows.push({ id: record_id, version, envelope: encrypted_record.slice() });
    }
    if (!data.pagination.has_more) return { rows, ms };
    cursor = data.next_cursor;
  }
}

async function signIn(origin: string, email: string): Promise<string> {
  const { kdf_seed } = await post<{ kdf_seed: string }>(origin, "/auth/prelogin", { email });
  const seed = Uint8Array.from(atob(kdf_seed), (char) => char.charCodeAt(0));
  const { authSecret } = await deriveLogin({ email, password, seed, suite: 1 }, argon2id);
  const body = { email, password: authSecret.exposeWireText(), device_id: crypto.randomUUID() };
  const { tokens } = await post<{ tokens: { access_token: string } }>(origin, "/auth/login", body);
  return tokens.access_token;
}

async function post<T>(origin: string, path: string, body: object): Promise<T> {
  const reply = await fetch(`${origin}/api/v1${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${path} answered ${reply.status}`);
  return ((await reply.json()) as { data: T }).data;
}
