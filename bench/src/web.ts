import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Contact } from "@owlivion/sync-client";
import { chromium } from "playwright-core";
import { makeContact } from "./client/contacts.ts";
import { openDevice, signUp } from "./client/devices.ts";
import { freePort } from "./free-port.ts";
import { median } from "./measure.ts";
import { startServer } from "./start-server.ts";
import { servePage } from "./web/serve-page.ts";
import type { WebRound } from "./web/web-round.ts";

/** What `web/download-page.ts` offers in the page. */
declare const measure: (url: string, email: string) => Promise<WebRound>;

const count = Number(process.env["BENCH_RECORDS"] ?? 10_000);
const rounds = Number(process.env["BENCH_ROUNDS"] ?? 5);
const pagePort = await freePort();
const pageOrigin = `http://localhost:${pagePort}`;

const usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const executablePath = process.env["CHROMIUM_PATH"] ?? usual.find((path) => existsSync(path));
if (executablePath === undefined) throw new Error("needs Chromium: install it, or set CHROMIUM_PATH");

const server = await startServer({ CORS_ORIGINS: pageOrigin });
const page = await servePage(pagePort);
let version = "";
try {
  const writer = await openDevice(server.origin);
  const email = await signUp(writer);
  const contacts = Array.from({ length: count }, (_, n) => makeContact(n));
  await writer.sync.collection<Contact>("contacts").putMany(contacts);
  await writer.sync.syncNow();
  await writer.close();

  const url = server.origin.replace("127.0.0.1", "localhost");
  const found: WebRound[] = [];
  for (let round = -1; round < rounds; round += 1) {
    const result = await measureOnce(url, email);
    if (result.records !== count) throw new Error(`${result.records} of ${count} records arrived`);
    if (round >= 0) found.push(result);
  }
  report(found);
} finally {
  page.close();
  await server.stop();
}

/** In a browser of its own: an empty cache, and a store on the disk that nobody used. */
async function measureOnce(url: string, email: string): Promise<WebRound> {
  const profile = mkdtempSync(join(tmpdir(), "owlivion-bench-profile-"));
  const browser = await chromium.launchPersistentContext(profile, {
    executablePath: executablePath!,
    chromiumSandbox: process.getuid?.() !== 0,
  });
  try {
    const tab = await browser.newPage();
    await tab.goto(pageOrigin);
    version = await tab.evaluate(() => /Chrome\/([\d.]+)/.exec(navigator.userAgent)?.[1] ?? "");
    return await tab.evaluate(([url, email]) => measure(url, email), [url, email] as const);
  } finally {
    await browser.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function report(found: readonly WebRound[]): void {
  const of = (field: keyof WebRound): number => median(found.map((round) => round[field]));
  const ms = (value: number): string => value.toFixed(0);
  const raw = of("downloadMs") + of("decryptMs") + of("insertMs");
  const parts = `bytes ${ms(of("downloadMs"))} + decryption ${ms(of("decryptMs"))} + inserts ${ms(of("insertMs"))} ms`;
  const text = [
    "# The client in a browser",
    "",
    `Chromium ${version}, PostgreSQL ${server.version} (embedded, fsync on), ${cpus().length} cores shared by browser, server and PostgreSQL.`,
    `${count} contacts, the page at another origin than the server. Medians of ${rounds} rounds; ratios in one run. Made by \`npm run bench:web\`.`,
    "",
    "| what | measured |",
    "|---|---|",
    `| first download into IndexedDB ÷ (${parts}) | ${ms(of("engineMs"))} ÷ ${ms(raw)} ms = ${(of("engineMs") / raw).toFixed(2)} |`,
    `| records a second | ${ms((count / of("engineMs")) * 1000)} |`,
    `| \`list()\` of all ÷ \`getAll\` of its rows | ${ms(of("listMs"))} ÷ ${ms(of("rowsMs"))} ms = ${(of("listMs") / of("rowsMs")).toFixed(2)} |`,
    "",
  ].join("\n");
  console.log(text);
  writeFileSync(fileURLToPath(new URL("../results/web.md", import.meta.url)), text);
}
