import { gzipSync } from "node:zlib";
import { allOf, answerInstead, changeReply, isPull, onPage, route } from "../server/lies.ts";
import { type Answer, type Asked, type Body, refusal, success } from "../server/message.ts";
import type { Behaviour } from "./behaviour.ts";

/** Replies that are none: M13 and M14. Nothing of them is taken over, and none of them means "empty". */

const cbor = { "content-type": "application/cbor" };
const json = { "content-type": "application/json" };
const html = { "content-type": "text/html" };

const instead = (
  row: "M13" | "M14",
  name: string,
  code: string,
  answer: Answer | ((asked: Asked) => Answer),
): Behaviour => ({
  row,
  name,
  lie: () => answerInstead(isPull, (asked) => (typeof answer === "function" ? answer(asked) : answer)),
  detects: { code },
  changes: "nothing",
});

const perCollection = (behaviour: Behaviour, failure: string): Behaviour => ({
  ...behaviour,
  detects: { failures: [failure] },
});

/** A page whose fields are out of every bound. */
const badPage = (name: string, change: (page: Body) => Body): Behaviour => ({
  row: "M14",
  name,
  lie: () => onPage(change),
  detects: { code: "INVALID_REPLY" },
  changes: "nothing",
});

/** CBOR by hand: `{success: true, data: nested}`. */
function nestedCbor(depth: number): Buffer {
  const front = Buffer.from([0xa2, 0x67, ...Buffer.from("success"), 0xf5, 0x64, ...Buffer.from("data")]);
  return Buffer.concat([front, Buffer.alloc(depth, 0x81), Buffer.from([0xf6])]);
}

const firstRow = (page: Body): Body => page.changes[0];

export const replies: readonly Behaviour[] = [
  instead("M13", "answers 404 without a word", "NOT_A_SYNC_SERVER", { status: 404, headers: {}, body: undefined }),
  perCollection(instead("M13", "answers that there is no data", "", refusal(404, "NO_DATA")), "NO_DATA"),
  perCollection(
    instead("M13", "answers that the data type is unknown", "", refusal(404, "UNKNOWN_DATA_TYPE")),
    "INVALID_REQUEST",
  ),
  instead("M13", "answers with nothing", "INVALID_REPLY", { status: 200, headers: cbor, body: Buffer.alloc(0) }),
  instead("M13", "answers with noise", "INVALID_REPLY", { status: 200, headers: cbor, body: Buffer.alloc(999, 0x9f) }),
  instead("M13", "answers with a web page", "NOT_A_SYNC_SERVER", {
    status: 200,
    headers: html,
    body: Buffer.from("<p>hello"),
  }),
  instead("M13", "answers an empty success", "INVALID_REPLY", (asked) => success(asked, {})),
  instead("M13", "leads elsewhere", "OFFLINE", {
    status: 302,
    headers: { location: "/api/v1/config" },
    body: undefined,
  }),
  instead("M13", "fails for ever", "INTERNAL_ERROR", refusal(500, "INTERNAL_ERROR")),
  {
    row: "M13",
    name: "says that no collection was ever there",
    lie: () =>
      changeReply(route("GET", "/sync/status"), (data) => {
        for (const dataType of Object.keys(data)) data[dataType] = null;
      }),
    detects: {},
    isHarmless: true,
    changes: ["ada", "barbara", "kathleen"],
  },
  {
    row: "M13",
    name: "answers with an empty collection",
    lie: () =>
      allOf(
        changeReply(route("GET", "/sync/status"), (data) => void (data.contacts.head = 0)),
        onPage((page) => ({ ...page, changes: [], deleted: [], head: 0, horizon: 0, proof: undefined })),
      ),
    detects: { events: ["integrity:head_went_back"], attention: ["integrity"] },
  },
  {
    row: "M13",
    name: "answers with an empty collection of another epoch",
    lie: () =>
      onPage((page) => ({
        ...page,
        changes: [],
        deleted: [],
        head: 0,
        horizon: 0,
        epoch: "00000000-0000-4000-8000-000000000000",
        proof: undefined,
      })),
    detects: { events: ["integrity:head_went_back"], attention: ["integrity"] },
  },
  instead("M14", "answers with more than any page has", "INVALID_REPLY", {
    status: 200,
    headers: cbor,
    body: Buffer.alloc(25 * 1024 * 1024),
  }),
  instead("M14", "answers with a bomb: 64 MiB of zeros in 64 KiB", "INVALID_REPLY", {
    status: 200,
    headers: { ...cbor, "content-encoding": "gzip" },
    body: gzipSync(Buffer.alloc(64 * 1024 * 1024)),
  }),
  instead("M14", "answers 100,000 levels deep", "INVALID_REPLY", {
    status: 200,
    headers: cbor,
    body: nestedCbor(100_000),
  }),
  instead("M14", "answers 100,000 levels deep in JSON", "INVALID_REPLY", {
    status: 200,
    headers: json,
    body: Buffer.from(`{"success":true,"data":${"[".repeat(100_000)}${"]".repeat(100_000)}}`),
  }),
  instead("M14", "promises a string of 4 GiB", "INVALID_REPLY", {
    status: 200,
    headers: cbor,
    body: Buffer.from([0xa1, 0x7a, 0xff, 0xff, 0xff, 0xff]),
  }),
  badPage("gives a head that is no number", (page) => ({ ...page, head: Number.NaN })),
  badPage("gives a head beyond 2^53", (page) => ({ ...page, head: 2n ** 53n + 1n })),
  badPage("gives a head below zero", (page) => ({ ...page, head: -1 })),
  badPage("gives a version and a half", (page) => {
    firstRow(page).version = 1.5;
  }),
  badPage("gives a version below zero", (page) => {
    firstRow(page).version = -7;
  }),
  badPage("gives a version above the head", (page) => {
    firstRow(page).version = page.head + 1000;
  }),
  badPage("gives a horizon above the head", (page) => ({ ...page, horizon: page.head + 1 })),
  badPage("gives a record id with control characters", (page) => {
    firstRow(page).record_id = "a\r\nSet-Cookie: b";
  }),
  badPage("gives an id of a megabyte", (page) => {
    firstRow(page).record_id = "a".repeat(1_000_000);
  }),
  badPage("gives an envelope of a megabyte", (page) => {
    firstRow(page).encrypted_record = Buffer.alloc(1_000_000, 1);
  }),
  badPage("gives more rows than were asked for", (page) => {
    const [row] = page.changes;
    page.changes = Array.from({ length: 1001 }, (_, i) => ({ ...row, record_id: `r${i}`, version: i + 1 }));
    page.head = 2000;
  }),
  badPage("gives a page of another collection", (page) => ({ ...page, data_type: "preferences" })),
  badPage("gives a cursor that would be more than one parameter", (page) => ({ ...page, next_cursor: "a&limit=1" })),
  badPage("gives a cursor with a line end", (page) => ({ ...page, next_cursor: "a\r\nb" })),
];
