import { existsSync, readdirSync, readFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { errorTable, type ErrorEntry } from "@owlivion/sync-protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { burstSeconds, rateLimits, type RateLimit } from "../src/http/rate-limit-table.ts";
import { createMetrics } from "../src/metrics.ts";
import { type Setting, visitSettings } from "../src/config/settings.ts";
import { type DocBlock, readBlocks, readTable } from "./support/doc-blocks.ts";
import { type DocExchange, readExchanges, receive, sendExample, unlike } from "./support/doc-http.ts";
import { Likeness } from "./support/doc-likeness.ts";
import { runCurlBlock } from "./support/doc-shell.ts";
import { startTestServer, type TestServer } from "./support/server.ts";

const root = new URL("../../../", import.meta.url);
const readPage = (path: string): string => readFileSync(new URL(path, root), "utf8");

/** A server as `npm start` runs it, with the limits that the pages tell. */
function listeningServer() {
  const server = { base: "" } as { base: string };
  let running: TestServer;
  beforeAll(async () => {
    running = await startTestServer({ config: { rateLimitScale: 1 } });
    await running.app.listen({ port: 0, host: "127.0.0.1" });
    server.base = `http://127.0.0.1:${(running.app.server.address() as AddressInfo).port}`;
  });
  afterAll(() => running.close());
  return server;
}

describe("docs/DELTA_SYNC_API.md", () => {
  const server = listeningServer();
  const likeness = new Likeness();
  likeness.remember({ admin_token: "admin token of the tests" }, "");
  const streams: { exchange: DocExchange; response: Response }[] = [];

  test.each(readExchanges(readPage("docs/DELTA_SYNC_API.md")))("$title", async (exchange) => {
    const response = await sendExample(server.base, exchange, likeness);
    if (response.headers.get("content-type")?.startsWith("text/event-stream") === true) {
      expect(response.status).toBe(200);
      streams.push({ exchange, response });
      return;
    }
    const received = await receive(response);
    expect(unlike(exchange, received, likeness)).toEqual([]);
    if (received.status < 300) likeness.remember(received.body, exchange.speaker);
  });

  test("the event streams told what is shown", async () => {
    expect(streams).not.toHaveLength(0);
    for (const { exchange, response } of streams) {
      const told = await readUntil(response, exchange.reply.body.split("\n").at(-1)!);
      for (const line of exchange.reply.body.split("\n")) expect(told.split("\n")).toContain(line);
    }
  });

  test("every route is named", async () => {
    const { paths } = (await (await fetch(`${server.base}/docs/json`)).json()) as { paths: Record<string, unknown> };
    const page = readPage("docs/DELTA_SYNC_API.md");
    const routes = Object.keys(paths).map((path) => path.replaceAll(/\{(\w+)\}/g, ":$1"));
    expect(routes.filter((path) => !page.includes(path))).toEqual([]);
  });

  test("the table of the rate limits is that of the code", () => {
    const rows = readTable(readPage("docs/DELTA_SYNC_API.md"), "limit").map((cells) => cells.slice(0, 5));
    const table: Record<string, RateLimit> = rateLimits;
    expect(rows).toEqual(
      Object.entries(table).map(([name, { per, requests, seconds, burst }]) =>
        [name, per, requests, seconds, burst ?? ""].map(String),
      ),
    );
    expect(burstSeconds).toBe(300);
  });
});

describe("README.md", () => {
  const server = listeningServer();
  const likeness = new Likeness();
  const variables = new Map<string, string>();
  const blocks = readBlocks(readPage("README.md"));
  const calls = blocks
    .map((block, i) => ({ title: `line ${block.line}`, block, shown: blocks[i + 1] }))
    .filter(({ block }) => block.language === "sh" && block.text.includes("curl "));

  test.each(calls)("$title", async ({ block, shown }: { block: DocBlock; shown: DocBlock | undefined }) => {
    const response = await runCurlBlock(block.text, server.base, variables);
    if (shown?.language !== "json") return;
    const received = await receive(response);
    expect(likeness.differences(JSON.parse(shown.text), received.body)).toEqual([]);
  });
});

describe("docs/self-hosting.md", () => {
  test("the table of the settings is that of the code", () => {
    const settings: string[][] = [];
    visitSettings(<T>(_group: string, setting: Setting<T>): T => {
      settings.push([setting.name, setting.default, setting.description]);
      return setting.type(setting.default);
    });
    expect(readTable(readPage("docs/self-hosting.md"), "setting")).toEqual(settings);
  });

  test("the table of the metrics names each series of ours", () => {
    const { registry } = createMetrics({ totalCount: 0, idleCount: 0, waitingCount: 0 });
    const series = registry.getMetricsAsArray().map(({ name }) => name);
    const listed = readTable(readPage("docs/self-hosting.md"), "series").map(([name]) => name);
    expect(listed.toSorted()).toEqual(series.filter((name) => name.startsWith("owlivion_")).toSorted());
  });
});

describe("every page", () => {
  const pages = ["", "docs/", "docs/decisions/"].flatMap((folder) =>
    readdirSync(new URL(folder || ".", root))
      .filter((name) => name.endsWith(".md"))
      .map((name) => `${folder}${name}`),
  );

  test.each(pages)("%s links to what is there", (path) => {
    const links = [...readPage(path).matchAll(/\]\(([^)\s]+)\)/g)].map((match) => match[1]!);
    const broken = links.filter((link) => !link.includes("://") && !leadsSomewhere(link, path));
    expect(broken).toEqual([]);
  });

  test.each(pages)("%s names codes of the error table with their status", (path) => {
    const table: Record<string, ErrorEntry> = errorTable;
    const named = [...readPage(path).matchAll(/`(\d{3}) ([A-Z_]+)`/g)].map(([, status, code]) => `${status} ${code}`);
    expect(named.filter((name) => name !== `${table[name.slice(4)]?.status} ${name.slice(4)}`)).toEqual([]);
  });
});

/** A file or folder, and where a page's section is named, one of its headings as the usual renderers name it. */
function leadsSomewhere(link: string, from: string): boolean {
  const [path = "", section] = link.split("#");
  const target = new URL(path, new URL(from, root));
  if (!existsSync(target)) return false;
  if (section === undefined) return true;
  const headings = [...readFileSync(target, "utf8").matchAll(/^#+ (.*)$/gm)].map((match) =>
    match[1]!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return headings.includes(section);
}

/** What a stream tells until it told this line; the test's timeout ends a wait in vain. */
async function readUntil(response: Response, line: string): Promise<string> {
  let told = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body!) {
    told += decoder.decode(chunk as Uint8Array, { stream: true });
    if (told.split("\n").includes(line)) break;
  }
  return told;
}
