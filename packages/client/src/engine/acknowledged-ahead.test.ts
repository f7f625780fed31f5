import { expect, test } from "vitest";
import { cutBelowAcknowledged } from "./acknowledged-ahead.ts";
import { newCollection } from "./collection-ledger.ts";

const row = { ...newCollection("contacts"), epoch: "e1", position: 10 };
const cut = { cause: "epoch", cutVersion: 10 };

test.each([
  ["nothing was acknowledged above the cursor", row, { epoch: "e2", head: 10 }, null],
  ["the cursor has passed it", { ...row, acknowledgedTo: 10 }, { epoch: "e2", head: 10 }, null],
  ["the server has it", { ...row, acknowledgedTo: 12 }, { epoch: "e1", head: 12 }, null],
  ["C-I5: another epoch", { ...row, acknowledgedTo: 12 }, { epoch: "e2", head: 20 }, cut],
  ["C-I5: it is above the head", { ...row, acknowledgedTo: 12 }, { epoch: "e1", head: 11 }, cut],
])("%s", (_title, collection, server, expected) => {
  expect(cutBelowAcknowledged(collection, server)).toEqual(expected);
});
