import { randomBytes } from "node:crypto";
import { allOf, onPage, onStatus } from "../server/lies.ts";
import type { Body } from "../server/message.ts";
import type { Behaviour } from "./behaviour.ts";
import { rowOf, withoutRow } from "./past.ts";

/** Lists with something missing or twice, and proofs that would tell: M7. */

const mismatch = { events: ["integrity:proof_mismatch"], attention: ["integrity"] };
const withheld = { events: ["integrity:proof_withheld"], attention: ["integrity"] };

const badPage = (name: string, change: (page: Body) => Body): Behaviour => ({
  row: "M7",
  name,
  lie: () => onPage(change),
  detects: { code: "INVALID_REPLY" },
  changes: "nothing",
});

/** Drops a record, and does something about the proof that would tell. */
const dropKathleenAnd = (what: string, change: (page: Body) => void): Behaviour => ({
  row: "M7",
  name: `leaves a record out and ${what}`,
  lie: (world) =>
    onPage((page) => {
      withoutRow(page, world, "kathleen");
      change(page);
    }),
  detects: withheld,
  changes: ["ada", "barbara"],
});

export const omissions: readonly Behaviour[] = [
  {
    row: "M7",
    name: "leaves a new record out",
    lie: (world) => onPage((page) => withoutRow(page, world, "kathleen")),
    detects: mismatch,
    changes: ["ada", "barbara"],
  },
  {
    row: "M7",
    name: "leaves an edit out",
    lie: (world) => onPage((page) => withoutRow(page, world, "ada")),
    detects: mismatch,
    changes: ["barbara", "kathleen"],
  },
  {
    row: "M7",
    name: "cuts the list short",
    lie: (world) =>
      onPage((page) => {
        withoutRow(page, world, "kathleen");
        withoutRow(page, world, "barbara");
      }),
    detects: mismatch,
    changes: ["ada"],
  },
  {
    row: "M7",
    name: "shows a new device half of the collection",
    lie: () => onPage((page) => ({ ...page, changes: page.changes.slice(0, 2) })),
    async meet(world) {
      const fresh = await world.openDevice();
      await fresh.signIn(world.person);
      await fresh.syncNow();
      return (await fresh.account()).integrity.map(({ problem }) => problem).join(" ");
    },
    detects: { code: "proof_mismatch" },
    changes: "nothing",
  },
  badPage("gives a record twice", (page) => {
    page.changes.push({ ...page.changes[0], version: page.head });
    page.head += 1;
    page.changes[0].version = page.head;
  }),
  badPage("gives a version twice", (page) => {
    page.changes[1].version = page.changes[0].version;
  }),
  badPage("promises more and gives nothing", (page) => ({
    ...page,
    changes: [],
    deleted: [],
    pagination: { has_more: true },
  })),
  dropKathleenAnd("keeps the proof back", (page) => {
    delete page.proof;
  }),
  dropKathleenAnd("offers a proof from before all that was seen", (page) => {
    page.proof = { ...page.proof, version: 1 };
  }),
  badPage("offers the proof under a later version", (page) => ({
    ...page,
    proof: { ...page.proof, version: page.head + 5 },
  })),
  {
    row: "M7",
    name: "leaves a record out and keeps the proof back when the device looks twice",
    lie: (world) =>
      onPage((page, asked) => {
        withoutRow(page, world, "kathleen");
        if (asked.query.get("cursor") === "initial") delete page.proof;
      }),
    detects: mismatch,
    changes: ["ada", "barbara"],
  },
  {
    row: "M7",
    name: "makes a proof of its own",
    lie: () => onPage((page) => void (page.proof = { ...page.proof, proof: randomBytes(32) })),
    detects: mismatch,
    changes: ["ada", "barbara", "kathleen"],
  },
  {
    row: "M7",
    name: "keeps proofs back once there were some",
    world: { news: false },
    lie: () =>
      allOf(
        onStatus((status) => void (status.proof_version = null)),
        onPage((page) => void delete page.proof),
      ),
    // Of a head that the device has verified itself: it hides nothing, and is proved again.
    detects: {},
    isHarmless: true,
  },
  {
    row: "M7",
    name: "gives an order of its own to the versions",
    lie: (world) =>
      onPage((page) => {
        const [ada, kathleen] = [rowOf(page, world, "ada"), rowOf(page, world, "kathleen")];
        if (ada === undefined || kathleen === undefined) return;
        [ada.version, kathleen.version] = [kathleen.version, ada.version];
      }),
    detects: {},
    isHarmless: true,
    changes: ["ada", "barbara", "kathleen"],
  },
];
