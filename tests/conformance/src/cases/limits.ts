import assert from "node:assert/strict";
import { casesOf, defaultLimits } from "../case.ts";

export const limitCases = casesOf(
  "Rate limits",
  {
    "replies of a limited route tell the limit in both forms of header": async (world) => {
      const { device } = await world.collection();
      const { headers } = await device.call({ url: "/api/v1/sync/status" });
      assert.equal(headers.get("ratelimit-policy"), '"sync_other";q=120;w=60');
      assert.match(headers.get("ratelimit") ?? "", /^"sync_other";r=\d+;t=\d+$/);
      assert.equal(headers.get("x-ratelimit-limit"), "120");
      assert.ok(Number(headers.get("x-ratelimit-remaining")) < 120);
      assert.ok(Number(headers.get("x-ratelimit-reset")) * 1000 > Date.now() - 60_000);
    },
    "uploads without a key are 20 a minute; with a key they are not counted there": async (world) => {
      const contacts = await world.collection();
      const codes = new Set<string | null>();
      for (let i = 0; i < 21; i += 1) {
        const answer = await contacts.push([{ id: "a", text: `${i}` }], { wantsLimit: true });
        codes.add(answer.code);
        if (answer.code === "RATE_LIMITED") assert.ok(Number(answer.headers.get("retry-after")) > 0);
      }
      assert.deepEqual([...codes], [null, "RATE_LIMITED"]);
      assert.equal((await contacts.push([{ id: "a", text: "keyed" }], { key: "k", wantsLimit: true })).status, 200);
    },
    "the engine's form has a burst: 90 pushes at once, then a pause": async (world) => {
      const contacts = await world.collection();
      let accepted = 0;
      for (let i = 0; i < 100; i += 1) {
        const answer = await contacts.push([{ id: "a", text: `${i}` }], { key: `burst-${i}`, wantsLimit: true });
        if (answer.status === 200) accepted += 1;
        else assert.equal(answer.code, "RATE_LIMITED");
      }
      assert.ok(accepted >= 88 && accepted < 100, `${accepted} pushes passed`);
    },
  },
  defaultLimits,
);
