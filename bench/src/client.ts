import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import type { Contact } from "@owlivion/sync-client";
import { measureBundle } from "./client/bundle.ts";
import { makeContact } from "./client/contacts.ts";
import { openDevice, signUp } from "./client/devices.ts";
import { measureFirstDownload } from "./client/first-download.ts";
import { measureLive } from "./client/live.ts";
import { password } from "./client/password.ts";
import { measureWireBytes } from "./client/wire-bytes.ts";
import { startServer } from "./start-server.ts";

const count = Number(process.env["BENCH_RECORDS"] ?? 10_000);
const server = await startServer();
try {
  const writer = await openDevice(server.origin);
  const email = await signUp(writer);
  const contacts = Array.from({ length: count }, (_, n) => makeContact(n));
  await writer.sync.collection<Contact>("contacts").putMany(contacts);
  await writer.sync.syncNow();
  const download = await measureFirstDownload(server.origin, writer, email);
  const reader = await openDevice(server.origin);
  await reader.sync.signIn({ email, password });
  const wire = await measureWireBytes(server.origin, email, writer, reader);
  const live = await measureLive(writer, reader);
  const bundle = await measureBundle();
  await writer.close();
  await reader.close();

  const { rawMs, engineMs, records } = download;
  const raw = rawMs.download + rawMs.decrypt + rawMs.insert;
  const kb = (bytes: number) => (bytes / 1024).toFixed(1);
  const ms = (value: number) => value.toFixed(0);
  const text = [
    "# The client",
    "",
    `Node ${process.version}, PostgreSQL ${server.version} (embedded, fsync on), ${cpus().length} cores shared by clients, server and PostgreSQL.`,
    `${records} contacts, median envelope ${wire.medianEnvelope} bytes. Medians; ratios in one run. Made by \`npm run bench:client\`.`,
    "",
    "| what | measured | goal |",
    "|---|---|---|",
    `| delta of 50 changed contacts ÷ their envelopes | ${wire.delta.bytes} ÷ ${wire.delta.envelopes} bytes = ${(wire.delta.bytes / wire.delta.envelopes).toFixed(2)} | ≤ 1.35 |`,
    `| that delta, less than the whole collection (${kb(wire.everything)} KB) by | ${(100 * (1 - wire.delta.bytes / wire.everything)).toFixed(2)} % | ≥ 99.3 % |`,
    `| requests of a sync with nothing to do | ${wire.idleRequests} | 1 |`,
    `| first download into SQLite ÷ (bytes ${ms(rawMs.download)} + decryption ${ms(rawMs.decrypt)} + inserts ${ms(rawMs.insert)} ms) | ${ms(engineMs)} ÷ ${ms(raw)} ms = ${(engineMs / raw).toFixed(2)} | ≤ 2 |`,
    `| an edit visible on another device after its push | ${ms(live.afterPushMs)} ms (of ${live.edits} edits; ${ms(live.afterEditMs)} ms after the edit) | ≤ 100 ms |`,
    `| the SDK for a browser, gzipped, without Argon2 | ${kb(bundle.firstBytes)} KB, and ${kb(bundle.laterBytes)} KB when called for | ≤ 60 KB |`,
    "",
  ].join("\n");
  console.log(text);
  writeFileSync(new URL("../results/client.md", import.meta.url), text);
} finally {
  await server.stop();
}
