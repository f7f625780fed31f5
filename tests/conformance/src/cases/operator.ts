import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { casesOf, operator } from "../case.ts";

const told = ["stats", "epochs", "cleanup", "traffic", "activity", "collections", "devices", "doctor"];

export const operatorCases = casesOf(
  "Operator",
  {
    "the operator's routes need the operator's token": async (world) => {
      const { device } = await world.collection();
      for (const url of ["/metrics", "/api/v1/admin/stats", "/api/v1/admin/users", "/api/v1/admin/epochs"]) {
        for (const token of [undefined, device.accessToken, "nonsense"]) {
          const answer = await world.target.call({ url, token });
          assert.deepEqual([answer.status, answer.code], [401, "ADMIN_TOKEN_REQUIRED"]);
        }
      }
    },
    "statistics, accounts, epochs, cleanup and metrics are told": async (world) => {
      const device = await world.register({ device_name: "of the operator's case" });
      const token = world.facts.adminToken ?? undefined;
      const ask = (url: string) => world.target.call<Record<string, unknown>>({ url, token });
      for (const url of [...told.map((name) => `/api/v1/admin/${name}`), "/metrics"]) {
        assert.equal((await ask(url)).status, 200);
      }
      const found = await ask(`/api/v1/admin/users?q=${encodeURIComponent(device.email)}`);
      assert.equal((found.data["users"] as unknown[]).length, 1);
      assert.equal((await ask(`/api/v1/admin/users/${device.session.user.id}`)).status, 200);
      const unknown = await ask(`/api/v1/admin/users/${randomUUID()}`);
      assert.deepEqual([unknown.status, unknown.code], [404, "ACCOUNT_NOT_FOUND"]);
    },
  },
  operator,
);
