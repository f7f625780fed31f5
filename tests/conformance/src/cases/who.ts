import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { casesOf } from "../case.ts";

export const whoCases = casesOf("R26", {
  "the same ids of two accounts are two records, and neither sees the other's": async (world) => {
    const [dataType = ""] = world.facts.config.data_types;
    const one = (await world.register()).collection(dataType);
    const two = (await world.register()).collection(dataType);
    await one.put([{ id: "shared id", text: "of one" }]);
    await two.put([{ id: "shared id", text: "of two" }]);
    await one.put([{ id: "secret id", type: "delete" }]);
    const page = await two.page({ cursor: "initial", tombstones: true });
    assert.deepEqual([page.head, page.changes.length, page.deleted.length], [1, 1, 0]);
    const { history } = await two.history("secret id");
    assert.deepEqual(history, []);
    assert.equal((await one.status())?.head, 2);
  },
  "an upload names the device of its token": async (world) => {
    const contacts = await world.collection();
    const body = contacts.body([{ id: "a", text: "1" }]);
    const answer = await contacts.send({ ...body, device_id: randomUUID() });
    assert.deepEqual([answer.status, answer.code], [403, "DEVICE_MISMATCH"]);
    const upper = await contacts.send({ ...body, device_id: contacts.device.id.toUpperCase() });
    assert.equal(upper.status, 200);
    const blob = {
      data_type: contacts.dataType,
      encrypted_blob: "eA==",
      nonce: "AAAAAAAAAAAAAAAA",
      checksum: "LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=",
      device_id: randomUUID(),
    };
    const upload = await contacts.device.call({ method: "POST", url: "/api/v1/sync/upload", json: blob });
    assert.equal(upload.code, "DEVICE_MISMATCH");
  },
  "every route of an account refuses a session that was ended": async (world) => {
    const device = await world.register();
    const other = await world.login(device);
    await device.call({ method: "DELETE", url: `/api/v1/devices/${other.id}` });
    const [dataType = ""] = world.facts.config.data_types;
    const routes = [
      "/api/v1/sync/status",
      `/api/v1/sync/${dataType}/delta?cursor=initial`,
      `/api/v1/sync/${dataType}/deleted?since=2025-01-01T00:00:00Z`,
      `/api/v1/sync/${dataType}/records/a/history`,
      `/api/v1/sync/download?data_type=${dataType}`,
      `/api/v1/sync/${dataType}`,
      "/api/v1/devices",
      "/api/v1/account/keys",
      "/api/v1/account/export",
      "/api/v1/sync/events",
    ];
    for (const url of routes) assert.equal((await other.call({ url })).code, "SESSION_REVOKED", url);
  },
  "another account's device cannot be revoked": async (world) => {
    const one = await world.register();
    const two = await world.register();
    const answer = await one.call({ method: "DELETE", url: `/api/v1/devices/${two.id}` });
    assert.deepEqual([answer.status, answer.code], [404, "DEVICE_NOT_FOUND"]);
    assert.equal((await two.call({ url: "/api/v1/sync/status" })).status, 200);
  },
});
