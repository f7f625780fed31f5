import assert from "node:assert/strict";
import { hash, randomUUID } from "node:crypto";
import { type ChangeEvent, limits } from "@owlivion/sync-protocol";
import { casesOf } from "../case.ts";
import { base64 } from "../change.ts";
import type { Collection } from "../collection.ts";
import { EventStream } from "../http/event-stream.ts";

const proofOf = (fill: number) => base64(new Uint8Array(limits.proofBytes).fill(fill));
const putProof = (contacts: Collection, json: unknown) =>
  contacts.device.call({ method: "PUT", url: `${contacts.url}/proof`, json });

function upload(contacts: Collection, text: string, fields: object = {}) {
  const json = {
    data_type: contacts.dataType,
    encrypted_blob: base64(text),
    nonce: base64(new Uint8Array(24)),
    checksum: hash("sha256", text, "base64"),
    device_id: contacts.device.id,
    ...fields,
  };
  return contacts.device.call<{ version: number }>({ method: "POST", url: "/api/v1/sync/upload", json });
}

const download = (contacts: Collection) =>
  contacts.device.call<{ encrypted_blob: string; version: number; nonce: string | null }>({
    url: `/api/v1/sync/download?data_type=${contacts.dataType}`,
  });

export const keepingCases = [
  ...casesOf("R23", {
    "a proof is stored while the head is its version, and comes with every page": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([{ id: "a", text: "1" }]);
      assert.equal((await putProof(contacts, { epoch, version: 1, proof: proofOf(1) })).status, 200);
      assert.deepEqual((await contacts.page({ cursor: "initial" })).proof, { epoch, version: 1, proof: proofOf(1) });
      assert.equal((await contacts.status())?.proof_version, 1);
    },
    "another head or epoch is HEAD_MOVED, and the older proof stays": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([{ id: "a", text: "1" }]);
      await putProof(contacts, { epoch, version: 1, proof: proofOf(1) });
      await contacts.put([{ id: "a", text: "2" }]);
      for (const body of [
        { epoch, version: 1, proof: proofOf(2) },
        { epoch, version: 3, proof: proofOf(2) },
        { epoch: randomUUID(), version: 2, proof: proofOf(2) },
      ]) {
        const answer = await putProof(contacts, body);
        assert.deepEqual([answer.status, answer.code], [409, "HEAD_MOVED"]);
      }
      assert.equal((await contacts.page({ cursor: "initial" })).proof?.version, 1);
    },
    "a proof has 32 bytes": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([{ id: "a", text: "1" }]);
      const answer = await putProof(contacts, { epoch, version: 1, proof: base64(new Uint8Array(31)) });
      assert.deepEqual([answer.status, answer.code], [400, "INVALID_REQUEST"]);
    },
  }),
  ...casesOf("R24", {
    "a stream is told of a commit, whichever server took it": async (world) => {
      const contacts = (await world.register()).collection(world.facts.config.data_types[0]!);
      const stream = await EventStream.open(contacts.device, 0);
      const at = world.target.urls.length - 1;
      const url = `${contacts.url}/delta`;
      try {
        // A hint may be lost while a server's listening connection is being made: the case writes again.
        let event: ChangeEvent | null = null;
        let version = 0;
        while (event === null && version < 6) {
          version += 1;
          const json = contacts.body([{ id: "a", text: `${version}` }]);
          await contacts.device.call({ method: "POST", url, json, at });
          event = await stream.next(2000);
        }
        assert.deepEqual(event, { data_type: contacts.dataType, version, device_id: contacts.device.id });
      } finally {
        stream.close();
      }
    },
    "a device holds three streams": async (world) => {
      const { device } = await world.collection();
      const streams: EventStream[] = [];
      try {
        for (let i = 0; i < limits.maxStreamsPerDevice; i += 1) streams.push(await EventStream.open(device, 0));
        const answer = await device.call({ url: "/api/v1/sync/events", at: 0, wantsLimit: true });
        assert.deepEqual([answer.status, answer.code], [429, "TOO_MANY_STREAMS"]);
      } finally {
        for (const stream of streams) stream.close();
      }
    },
    "a stream ends when its session does": async (world) => {
      const device = await world.register();
      const stream = await EventStream.open(device, 0);
      await device.call({ method: "POST", url: "/api/v1/auth/logout", at: 0 });
      assert.equal(await stream.ended(30_000), true);
    },
  }),
  ...casesOf("R25", {
    "a blob has a counter of its own; compare and set, else the last write wins": async (world) => {
      const contacts = await world.collection();
      const empty = await download(contacts);
      assert.deepEqual([empty.status, empty.code], [404, "NO_DATA"]);
      const first = await upload(contacts, "one", { version: 0 });
      assert.equal(first.status, 200);
      const taken = await upload(contacts, "two", { version: 0 });
      assert.deepEqual([taken.status, taken.code], [409, "VERSION_CONFLICT"]);
      const next = await upload(contacts, "two", { version: first.data.version });
      assert.equal(next.data.version, first.data.version + 1);
      await upload(contacts, "three");
      const { data } = await download(contacts);
      assert.deepEqual([data.encrypted_blob, data.version], [base64("three"), first.data.version + 2]);
    },
    "a delta never touches a blob, nor a blob a delta": async (world) => {
      const contacts = await world.collection();
      await contacts.put([{ id: "a", text: "1" }]);
      assert.equal((await download(contacts)).code, "NO_DATA");
      await upload(contacts, "blob");
      assert.equal((await contacts.status())?.head, 1);
      await contacts.put([{ id: "a", text: "2" }]);
      assert.equal((await download(contacts)).data.encrypted_blob, base64("blob"));
    },
    "the desktop app's shape reads and writes the same blob, its version ignored": async (world) => {
      const contacts = await world.collection();
      const { device, url } = contacts;
      assert.equal((await device.call({ url })).code, "NO_DATA");
      const json = { encrypted_data: "sealed text", version: 2 };
      const first = await device.call<{ version: number }>({ method: "POST", url, json });
      const second = await device.call<{ version: number }>({ method: "POST", url, json });
      assert.equal(second.data.version, first.data.version + 1);
      const read = await device.call<{ encrypted_data: string }>({ url });
      assert.equal(read.data.encrypted_data, "sealed text");
      assert.equal((await download(contacts)).data.encrypted_blob, base64("sealed text"));
    },
    "the checksum must be of the blob": async (world) => {
      const contacts = await world.collection();
      const answer = await upload(contacts, "one", { checksum: hash("sha256", "two", "base64") });
      assert.deepEqual([answer.status, answer.code], [400, "CHECKSUM_MISMATCH"]);
    },
  }),
];
