import assert from "node:assert/strict";
import { createConnection } from "node:net";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { limits } from "@owlivion/sync-protocol";
import { casesOf, slow } from "../case.ts";
import { uploadedChange } from "../change.ts";
import { rawRequest } from "../http/raw-request.ts";

const cborTypes = { "content-type": "application/cbor", accept: "application/cbor" };

export const httpCases = [
  ...casesOf("Conventions", {
    "health, readiness and configuration": async (world) => {
      for (const url of ["/health", "/health/ready", "/api/v1/config"]) {
        assert.equal((await world.target.call({ url })).status, 200);
      }
      assert.deepEqual(world.facts.config.limits, { ...limits });
      assert.equal(world.facts.config.protocol.major, 1);
    },
    "an unknown path or method is NOT_FOUND": async (world) => {
      assert.equal((await world.target.call({ url: "/api/v1/nonsense" })).code, "NOT_FOUND");
      const { device } = await world.collection();
      assert.equal((await device.call({ method: "DELETE", url: "/api/v1/sync/status" })).code, "NOT_FOUND");
    },
    "a data type the server is not configured for": async (world) => {
      const { device } = await world.collection();
      const answer = await device.collection("no_such_type").pull({ cursor: "initial" });
      assert.deepEqual([answer.status, answer.code], [400, "INVALID_DATA_TYPE"]);
    },
    "a field that is not documented is refused": async (world) => {
      const contacts = await world.collection();
      const body = { ...contacts.body([{ id: "a", text: "1" }]), surprise: true };
      const answer = await contacts.send(body);
      assert.deepEqual([answer.status, answer.code], [400, "INVALID_REQUEST"]);
      const query = await contacts.device.call({ url: `${contacts.url}/delta?cursor=initial&surprise=1` });
      assert.equal(query.code, "INVALID_REQUEST");
    },
    "a body that is no JSON, and a media type nobody reads": async (world) => {
      const contacts = await world.collection();
      const send = (bytes: string, type: string) =>
        contacts.device.call({
          method: "POST",
          url: `${contacts.url}/delta`,
          bytes,
          headers: { "content-type": type },
        });
      assert.equal((await send("{", "application/json")).code, "INVALID_JSON");
      assert.equal((await send("{}", "text/plain")).code, "UNSUPPORTED_MEDIA_TYPE");
    },
    "a body with a content encoding is refused unread": async (world) => {
      const contacts = await world.collection();
      const answer = await contacts.device.call({
        method: "POST",
        url: `${contacts.url}/delta`,
        json: {},
        headers: { "content-encoding": "gzip" },
      });
      assert.deepEqual([answer.status, answer.code], [415, "UNSUPPORTED_MEDIA_TYPE"]);
    },
    "headers that are too large are refused": async (world) => {
      const url = world.target.nextUrl();
      if (!url.startsWith("http:")) return;
      const reply = await rawRequest(url, `GET /health HTTP/1.1\r\nhost: x\r\nx-long: ${"x".repeat(70_000)}\r\n\r\n`);
      assert.match(reply, /^HTTP\/1\.1 431 [\s\S]*HEADERS_TOO_LARGE/);
      world.target.saw("GET /health", "HEADERS_TOO_LARGE");
    },
    "a connection that says nothing sensible does not end the server": async (world) => {
      const { hostname, port, protocol } = new URL(world.target.nextUrl());
      if (protocol !== "http:") return;
      const socket = createConnection(Number(port), hostname, () => socket.end("\u0000nonsense\r\n\r\n"));
      await new Promise((resolve) => socket.on("close", resolve).on("error", resolve).resume());
      assert.equal((await world.target.call({ url: "/health" })).status, 200);
    },
  }),
  ...slow(
    casesOf("Conventions", {
      "a body that does not come is cut": async (world) => {
        const url = world.target.nextUrl();
        if (!url.startsWith("http:")) return;
        const head =
          "POST /api/v1/auth/prelogin HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
        const reply = await rawRequest(url, head);
        assert.match(reply, /^HTTP\/1\.1 408 [\s\S]*REQUEST_TIMEOUT/);
        world.target.saw("POST /api/v1/auth/prelogin", "REQUEST_TIMEOUT");
      },
    }),
  ),
  ...casesOf("CBOR", {
    "uploads and downloads in CBOR are the same as in JSON": async (world) => {
      const contacts = await world.collection();
      const { encrypted_record, record_nonce, record_checksum, ...rest } = uploadedChange({ id: "a", text: "x" });
      const bytes = (text: string | undefined) => Buffer.from(text ?? "", "base64");
      const change = {
        ...rest,
        encrypted_record: bytes(encrypted_record),
        record_nonce: bytes(record_nonce),
        record_checksum: bytes(record_checksum),
      };
      const answer = await contacts.device.call<{ version: number }>({
        method: "POST",
        url: `${contacts.url}/delta`,
        cbor: { changes: [change], device_id: contacts.device.id },
        headers: cborTypes,
      });
      assert.equal(answer.headers.get("content-type"), "application/cbor");
      assert.equal(answer.data.version, 1);
      const url = `${contacts.url}/delta?cursor=initial`;
      const inCbor = await contacts.device.call({ url, headers: { accept: "application/cbor" } });
      const inJson = await contacts.device.call({ url });
      assert.deepEqual((inCbor.data as { changes: unknown }).changes, (inJson.data as { changes: unknown }).changes);
    },
    "what is no CBOR, or has tags, is INVALID_CBOR; errors are JSON": async (world) => {
      const contacts = await world.collection();
      for (const bytes of [Uint8Array.of(0xff), Uint8Array.of(0xc0, 0x00), Uint8Array.of(0xa1, 0x01, 0x02)]) {
        const answer = await contacts.device.call({
          method: "POST",
          url: `${contacts.url}/delta`,
          bytes,
          headers: cborTypes,
        });
        assert.deepEqual([answer.status, answer.code], [400, "INVALID_CBOR"]);
        assert.match(answer.headers.get("content-type") ?? "", /^application\/json/);
      }
    },
    "neither form accepted is NOT_ACCEPTABLE": async (world) => {
      const contacts = await world.collection();
      const url = `${contacts.url}/delta?cursor=initial`;
      const answer = await contacts.device.call({ url, headers: { accept: "text/html" } });
      assert.deepEqual([answer.status, answer.code], [406, "NOT_ACCEPTABLE"]);
    },
  }),
  ...casesOf("Compression", {
    "a delta of small records is compressed as asked, or sent as it is": async (world) => {
      const contacts = await world.collection();
      await contacts.put(Array.from({ length: 50 }, (_, i) => ({ id: `record ${i}`, text: "the same text" })));
      const url = new URL(`${contacts.url}/delta?cursor=initial`, world.target.nextUrl());
      if (url.protocol !== "http:") return;
      const asIt = await contacts.device.call({ url: `${contacts.url}/delta?cursor=initial` });
      for (const [coding, decode] of [
        ["br", brotliDecompressSync],
        ["gzip", gunzipSync],
      ] as const) {
        const { headers, body } = await contacts.device.raw(`${url.pathname}${url.search}`, coding);
        const text = headers["content-encoding"] === coding ? decode(body) : body;
        assert.deepEqual(
          (JSON.parse(text.toString()) as { data: { changes: unknown } }).data.changes,
          (asIt.data as { changes: unknown }).changes,
        );
      }
    },
  }),
];
