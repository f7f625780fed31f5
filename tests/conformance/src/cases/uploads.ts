import assert from "node:assert/strict";
import { limits } from "@owlivion/sync-protocol";
import { casesOf, smallQuota } from "../case.ts";
import { base64, sealedText, uploadedChange } from "../change.ts";
import { sealedFields } from "../world.ts";

const firstOf = (dataTypes: readonly string[]) => dataTypes[0]!;

export const uploadCases = [
  ...casesOf(
    "R10",
    {
      "a batch that grows beyond the quota is refused whole; one that shrinks passes": async (world) => {
        const device = await world.register();
        const contacts = device.collection(firstOf(world.facts.config.data_types));
        const { records } = world.facts.config.quota;
        await contacts.put(
          Array.from({ length: records }, (_, i) => ({ id: `r${i}`, text: "x" })),
          { key: "fill" },
        );
        const answer = await contacts.push(
          [
            { id: "r0", text: "y" },
            { id: "more", text: "x" },
          ],
          { key: "more" },
        );
        assert.deepEqual([answer.status, answer.code], [413, "QUOTA_EXCEEDED"]);
        assert.equal((await contacts.status())?.head, records);
        await contacts.put([{ id: "r0", text: "y" }], { key: "same" });
        await contacts.put([{ id: "r1", type: "delete" }], { key: "less" });
        await contacts.put([{ id: "more", text: "x" }], { key: "again" });
        const bytes = new Uint8Array(limits.maxRecordBytes);
        const many = Math.floor(world.facts.config.quota.bytes / bytes.length) + 1;
        const heavy = await contacts.push(
          Array.from({ length: many }, (_, i) => ({ id: `r${i + 2}`, text: bytes })),
          { key: "heavy" },
        );
        assert.equal(heavy.code, "QUOTA_EXCEEDED");
      },
    },
    smallQuota,
  ),
  ...casesOf("R11", {
    "the same key and body are answered with the same results, byte for byte": async (world) => {
      const contacts = await world.collection();
      const body = contacts.body([{ id: "a", text: "1" }]);
      const first = await contacts.send(body, { key: "once" });
      await contacts.put([{ id: "a", text: "2" }]);
      const second = await contacts.send(body, { key: "once" });
      assert.equal(second.status, 200);
      const kept = ({ data }: typeof first) =>
        JSON.stringify([data.results, data.version, data.processed_count, data.conflict_count, data.synced_at]);
      assert.equal(kept(second), kept(first));
      assert.equal((await contacts.status())?.head, 2);
    },
    "the same key with another body or data type is refused": async (world) => {
      const device = await world.register();
      const [one = "", two = one] = world.facts.config.data_types;
      const contacts = device.collection(one);
      await contacts.put([{ id: "a", text: "1" }], { key: "k" });
      const other = await contacts.push([{ id: "a", text: "2" }], { key: "k" });
      assert.deepEqual([other.status, other.code], [422, "IDEMPOTENCY_KEY_REUSED"]);
      if (one === two) return;
      const body = contacts.body([{ id: "b", text: "1" }]);
      await contacts.send(body, { key: "both" });
      assert.equal((await device.collection(two).send(body, { key: "both" })).code, "IDEMPOTENCY_KEY_REUSED");
    },
    "keys are of a device": async (world) => {
      const contacts = await world.collection();
      const other = contacts.by(await world.login(contacts.device));
      await contacts.put([{ id: "a", text: "1" }], { key: "same-name" });
      const reply = await other.put([{ id: "b", text: "1" }], { key: "same-name" });
      assert.equal(reply.version, 2);
    },
    "the same key twice at once applies once": async (world) => {
      const contacts = await world.collection();
      const body = contacts.body([{ id: "a", text: "1" }]);
      const replies = await Promise.all(Array.from({ length: 4 }, () => contacts.send(body, { key: "at-once" })));
      assert.ok(replies.every(({ status, data }) => status === 200 && data.version === 1));
    },
    "conflict records are read anew in a replay": async (world) => {
      const contacts = await world.collection();
      const { epoch } = await contacts.put([{ id: "a", text: "1" }]);
      const body = contacts.body(
        [
          { id: "b", text: "b", base: 0 },
          { id: "a", text: "x", base: 0 },
        ],
        { epoch },
      );
      const first = await contacts.send(body, { key: "c" });
      assert.equal(first.data.conflicts?.[0]?.server_version, 1);
      await contacts.put([{ id: "a", text: "2" }]);
      const replay = await contacts.send(body, { key: "c" });
      assert.equal(replay.data.conflicts?.[0]?.server_version, 3);
    },
    "a key has 1 to 128 printable characters, no spaces": async (world) => {
      const contacts = await world.collection();
      for (const key of ["x".repeat(limits.maxIdempotencyKeyChars + 1), "ä", "with a space"]) {
        const answer = await contacts.push([{ id: "a", text: "1" }], { key });
        assert.deepEqual([answer.status, answer.code], [400, "INVALID_IDEMPOTENCY_KEY"]);
      }
      await contacts.put([{ id: "a", text: "1" }], { key: "x".repeat(limits.maxIdempotencyKeyChars) });
    },
  }),
  ...casesOf("R12", {
    "delta holds what others wrote since the cursor, and the next cursor stands behind it": async (world) => {
      const contacts = await world.collection();
      const other = contacts.by(await world.login(contacts.device));
      await contacts.put([
        { id: "a", text: "1" },
        { id: "b", text: "1" },
      ]);
      const { next_cursor: cursor } = await other.page({ cursor: "initial" });
      await contacts.put([{ id: "c", text: "1" }]);
      await contacts.put([{ id: "b", type: "delete" }]);
      const reply = await other.put([{ id: "d", text: "1" }], { cursor });
      assert.deepEqual(
        reply.delta?.changes.map((row) => row.record_id),
        ["c"],
      );
      assert.deepEqual(
        reply.delta?.deleted.map((row) => row.record_id),
        ["b"],
      );
      assert.equal(reply.delta?.has_more, false);
      const page = await other.page({ cursor: reply.next_cursor! });
      assert.equal(page.pagination.returned_count, 0);
    },
    "what this batch replaced is left out": async (world) => {
      const contacts = await world.collection();
      const { next_cursor: cursor } = await contacts.page({ cursor: "initial" });
      await contacts.put([{ id: "a", text: "1" }]);
      const reply = await contacts.put([{ id: "a", text: "2" }], { cursor });
      assert.deepEqual(reply.delta?.changes, []);
    },
    "a replay has its delta too, without its own versions": async (world) => {
      const contacts = await world.collection();
      const { next_cursor: cursor } = await contacts.page({ cursor: "initial" });
      const body = contacts.body([{ id: "a", text: "1" }], { cursor });
      await contacts.send(body, { key: "r12" });
      await contacts.put([{ id: "b", text: "1" }]);
      const { data } = await contacts.send(body, { key: "r12" });
      assert.deepEqual(
        data.delta?.changes.map((row) => row.record_id),
        ["b"],
      );
    },
    "a cursor that may not go on refuses the batch before anything is applied": async (world) => {
      const contacts = await world.collection();
      const answer = await contacts.push([{ id: "a", text: "1" }], { cursor: "nonsense" });
      assert.deepEqual([answer.status, answer.code], [400, "INVALID_CURSOR"]);
      assert.equal(await contacts.status(), null);
    },
    "without a cursor there is no next cursor": async (world) => {
      const contacts = await world.collection();
      const reply = await contacts.put([{ id: "a", text: "1" }]);
      assert.deepEqual([reply.next_cursor, reply.delta], [undefined, undefined]);
    },
  }),
  ...casesOf("R13", {
    "an account with keys uploads envelopes only": async (world) => {
      const contacts = (await world.register(sealedFields())).collection(firstOf(world.facts.config.data_types));
      const plain = await contacts.push([{ id: "a", text: "not sealed" }]);
      assert.deepEqual([plain.code, plain.details], ["INVALID_CHANGES", [{ index: 0, code: "INVALID_ENVELOPE" }]]);
      await contacts.put([{ id: "a", text: sealedText(1) }]);
      await contacts.put([{ id: "a", type: "delete", text: sealedText(1, "tombstone") }]);
    },
    "an envelope of an older key epoch is refused": async (world) => {
      const device = await world.register(sealedFields());
      const keys = {
        key_epoch: 2,
        password_wrap: base64(new Uint8Array(64)),
        recovery_wrap: base64(new Uint8Array(64)),
      };
      const rotated = await device.call({
        method: "PUT",
        url: "/api/v1/account/keys",
        json: { password: device.secret, version: 1, keys },
      });
      assert.equal(rotated.status, 200);
      const contacts = device.collection(firstOf(world.facts.config.data_types));
      const old = await contacts.push([{ id: "a", text: sealedText(1) }]);
      assert.deepEqual([old.status, old.code], [409, "KEY_EPOCH_OUTDATED"]);
      await contacts.put([{ id: "a", text: sealedText(2) }]);
    },
  }),
  ...casesOf("R14", {
    "each field is held to its size": async (world) => {
      const contacts = await world.collection();
      const good = uploadedChange({ id: "a", text: "x" });
      const codes: [unknown, string][] = [
        [{ ...good, record_id: "" }, "INVALID_RECORD_ID"],
        [{ ...good, record_id: "x".repeat(256) }, "INVALID_RECORD_ID"],
        [{ ...good, record_id: "\ud800" }, "INVALID_RECORD_ID"],
        [{ ...good, record_nonce: base64(new Uint8Array(11)) }, "INVALID_NONCE"],
        [{ ...good, record_nonce: base64(new Uint8Array(33)) }, "INVALID_NONCE"],
        [{ ...good, record_checksum: base64(new Uint8Array(32)) }, "INVALID_CHECKSUM"],
        [{ ...good, encrypted_record: "eA" }, "INVALID_BASE64"],
        [{ ...good, encrypted_record: "eB==" }, "INVALID_BASE64"],
        [{ ...good, encrypted_record: "" }, "EMPTY_RECORD"],
        [{ ...good, change_type: "upsert" }, "INVALID_CHANGE_TYPE"],
        [{ ...good, client_timestamp: "yesterday" }, "INVALID_CLIENT_TIMESTAMP"],
        [{ ...good, client_timestamp: "2025-01-01T00:00:00" }, "INVALID_CLIENT_TIMESTAMP"],
        [{ ...good, base_version: -1 }, "INVALID_BASE_VERSION"],
        [{ ...good, unknown: 1 }, "INVALID_CHANGE"],
        ["x", "INVALID_CHANGE"],
        [uploadedChange({ id: "a", text: new Uint8Array(limits.maxRecordBytes + 1) }), "RECORD_TOO_LARGE"],
        [
          uploadedChange({ id: "a", type: "delete", text: new Uint8Array(limits.maxTombstoneBytes + 1) }),
          "RECORD_TOO_LARGE",
        ],
      ];
      const changes = codes.map(([change]) => change);
      const answer = await contacts.send({ changes, device_id: contacts.device.id });
      assert.equal(answer.code, "INVALID_CHANGES");
      assert.deepEqual(
        answer.details,
        codes.map(([, code], index) => ({ index, code })),
      );
    },
    "the largest of each is accepted": async (world) => {
      const contacts = await world.collection();
      await contacts.put([
        { id: "😀".repeat(255), text: new Uint8Array(limits.maxRecordBytes), nonce: new Uint8Array(32) },
        { id: "x", text: "1", nonce: new Uint8Array(12) },
        { id: "y", type: "delete", text: new Uint8Array(limits.maxTombstoneBytes) },
      ]);
      const page = await contacts.page({ cursor: "initial" });
      assert.equal(page.changes[0]?.record_id, "😀".repeat(255));
    },
    "a batch has 1 to 1000 changes": async (world) => {
      const contacts = await world.collection();
      assert.equal((await contacts.push([])).code, "EMPTY_CHANGES");
      const many = Array.from({ length: limits.maxBatchChanges + 1 }, (_, i) => ({ id: `r${i}`, text: "x" }));
      const answer = await contacts.push(many);
      assert.deepEqual([answer.status, answer.code], [413, "BATCH_TOO_LARGE"]);
      const reply = await contacts.put(many.slice(1));
      assert.equal(reply.version, limits.maxBatchChanges);
    },
    "a body beyond 16 MiB is refused": async (world) => {
      const contacts = await world.collection();
      const { status, body } = await contacts.device.announceBody(`${contacts.url}/delta`, limits.maxBodyBytes + 1);
      assert.equal(status, 413);
      assert.partialDeepStrictEqual(body, { success: false, code: "BODY_TOO_LARGE" });
    },
    "a page ends at 8 MiB of ciphertext, a conflict beyond it is truncated": async (world) => {
      const contacts = await world.collection();
      const text = new Uint8Array(limits.maxRecordBytes);
      const ids = Array.from({ length: 40 }, (_, i) => `big${i}`);
      let epoch = "";
      for (let i = 0; i < ids.length; i += 20) {
        ({ epoch } = await contacts.put(ids.slice(i, i + 20).map((id) => ({ id, text }))));
      }
      const { pages, state } = await contacts.walk({ cursor: "initial", limit: 1000 });
      assert.equal(state.size, ids.length);
      assert.deepEqual(
        pages.map((page) => page.changes.length),
        [32, 8],
      );
      const { data } = await contacts.push(
        ids.map((id) => ({ id, text: "x", base: 0 })),
        { epoch },
      );
      const sent = data.conflicts!.filter((one) => one.current !== null).length;
      assert.equal(sent, 32);
      assert.ok(data.conflicts!.slice(32).every((one) => one.truncated === true));
    },
  }),
];
