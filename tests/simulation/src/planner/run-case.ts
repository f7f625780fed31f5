import type { Json, JsonObject } from "@owlivion/sync-crypto";
import { equalJson } from "../../../../packages/client/src/merge/equal-json.ts";
import { isSameValue } from "../../../../packages/client/src/engine/reconcile-record.ts";
import { fakeKeyring, openFake } from "./fake-envelope.ts";
import { runHistory } from "./run-history.ts";
import { type Defect, PlannerDevice } from "./planner-device.ts";
import { type FakePage, PlannerServer } from "./planner-server.ts";
import type { PlannerCase, Step } from "./steps.ts";
import { hold, Violation } from "./violation.ts";

/** How often what really happened, over all cases of a run. */
export type Counts = Map<string, number>;

interface Written {
  readonly token: string;
  readonly record: string;
  readonly field: string;
}

/** A page that comes once more. */
interface KeptPage extends FakePage {
  readonly from: number;
  readonly generation: number;
}

const roundsToQuiet = 40;
const fieldNames = ["first", "second"] as const;

/** Runs a small world to its end, winds it down, and holds it to the invariants. Throws `Violation`. */
export function runCase(world: PlannerCase, counts: Counts, defect: Defect | null = null): void {
  new PlannerWorld(world, counts, defect).run();
  runHistory(world.history, counts);
}

class PlannerWorld {
  readonly #case: PlannerCase;
  readonly #counts: Counts;
  readonly #server = new PlannerServer();
  readonly #devices: readonly PlannerDevice[];
  readonly #keptPages = new Map<PlannerDevice, KeptPage[]>();
  /** Every value that a person wrote, and those that a person saw when writing or deleting over them. */
  readonly #written: Written[] = [];
  readonly #seenAndReplaced = new Set<string>();

  constructor(world: PlannerCase, counts: Counts, defect: Defect | null) {
    this.#case = world;
    this.#counts = counts;
    const keys = fakeKeyring();
    this.#devices = Array.from({ length: world.devices }, (_, i) => {
      const id = `0000000${i}-0000-4000-8000-000000000000`;
      return new PlannerDevice({ id, policy: world.policy, keys, defect });
    });
  }

  run(): void {
    for (const step of this.#case.steps) {
      this.#count(step.do);
      this.#take(step);
    }
    this.#windDown();
    this.#checkConvergence();
    this.#checkIntents();
    this.#checkLatePages();
  }

  #take(step: Step): void {
    if (step.do === "purge") return this.#server.purge(step.count);
    const device = this.#devices[step.device % this.#devices.length]!;
    switch (step.do) {
      case "edit":
        return this.#edit(device, step);
      case "delete":
        return this.#delete(device, `r${step.record % this.#case.records}`);
      case "push":
        return this.#push(device, step.limit, step.fate);
      case "pull":
        return this.#pull(device, step.limit, step.fate);
      case "late page": {
        const page = this.#keptPages.get(device)?.shift();
        if (page !== undefined) this.#applyLate(device, page);
      }
    }
  }

  #edit(device: PlannerDevice, step: Extract<Step, { do: "edit" }>): void {
    const record = `r${step.record % this.#case.records}`;
    const field = fieldNames[step.field % fieldNames.length]!;
    const token = `${device.id.slice(7, 8)}:${this.#written.length}`;
    this.#see(device.views.get(record)?.fields[field]);
    this.#written.push({ token, record, field });
    device.edit(record, { [field]: token }, step.leadMs);
    hold(device.views.get(record)?.fields[field] === token, "C-I4", () => `${token} is not what its writer reads`);
  }

  #delete(device: PlannerDevice, record: string): void {
    for (const value of Object.values(device.views.get(record)?.fields ?? {})) this.#see(value);
    device.delete(record);
    hold(!device.views.has(record), "C-I4", () => `${record} is there after its deletion`);
  }

  #see(value: Json | undefined): void {
    if (typeof value === "string") this.#seenAndReplaced.add(value);
  }

  #push(device: PlannerDevice, limit: number, fate: Extract<Step, { do: "push" }>["fate"]): void {
    const batch = device.batch();
    if (batch === null) return;
    if (fate !== "answered") this.#count(`fault: ${fate}`);
    if (fate === "request lost") return device.loseBatch();
    const reply = this.#server.push(device.id, batch, limit);
    if (reply === null) {
      this.#count("push CURSOR_EXPIRED");
      device.dropBatch();
      return this.#resync(device);
    }
    for (const outcome of reply.outcomes) {
      this.#count(outcome.status === "conflict" ? outcome.reason : outcome.status);
    }
    if (fate === "reply lost") return device.loseBatch();
    if (fate === "twice") {
      const again = this.#server.push(device.id, batch, limit);
      hold(
        JSON.stringify(again?.outcomes) === JSON.stringify(reply.outcomes),
        "S-I4",
        () => "a retry is answered differently",
      );
    }
    // R12: the reply brings what others did meanwhile, or a part of it.
    device.settle(batch, reply);
  }

  #pull(device: PlannerDevice, limit: number, fate: Extract<Step, { do: "pull" }>["fate"]): void {
    // A batch in flight goes first, until it has a definite answer (DESIGN 5.1).
    if (device.hasBatch) this.#push(device, limit, "answered");
    const { cursor: from, generation } = device;
    const page = this.#server.pull(from, limit, false);
    if (page === null) return this.#resync(device);
    if (fate === "crash") return this.#count("fault: crash");
    if (fate === "kept") {
      this.#keptPages.set(device, [...(this.#keptPages.get(device) ?? []), { ...page, from, generation }]);
    }
    device.applyPage(page);
  }

  /**
   * The engine takes no page that was asked for at another cursor. Here the judge alone has to tell that it is late, as long as
   * it can: until the device began anew, or what followed was purged.
   */
  #applyLate(device: PlannerDevice, page: KeptPage): void {
    if (page.generation !== device.generation || page.from < this.#server.horizon) return;
    this.#count("fault: late page");
    device.applyLate(page);
  }

  #resync(device: PlannerDevice): void {
    this.#count("resync");
    device.resync(this.#server.pull(0, 1000, true)!);
  }

  /** No more faults: C-I7. */
  #windDown(): void {
    for (let round = 0; round < roundsToQuiet; round += 1) {
      for (const device of this.#devices) {
        this.#push(device, 1000, "answered");
        this.#pull(device, 1000, "applied");
      }
      const isQuiet = this.#devices.every((device) => device.isIdle && device.cursor === this.#server.head);
      if (isQuiet) return;
    }
    const stuck = this.#devices.filter(({ isIdle }) => !isIdle).map(({ id }) => id);
    throw new Violation("C-I7", `not quiet after ${roundsToQuiet} rounds: ${stuck.join(", ")}`);
  }

  #checkConvergence(): void {
    const live = new Map(this.#server.live().map(({ recordId, envelope }) => [recordId, openFake(envelope).content]));
    for (const device of this.#devices) {
      hold(device.views.size === live.size, "C-I8", () => `${device.id} shows ${device.views.size} of ${live.size}`);
      for (const [recordId, view] of device.views) {
        const content = live.get(recordId);
        const isSame = content?.kind === "put" && isSameValue(view, content);
        hold(isSame, "C-I8", () => `${device.id} shows ${recordId} otherwise than the server has it`);
      }
    }
  }

  /** C-I5: what was written is there, was replaced by somebody who saw it, or is in a journal with what replaced it. */
  #checkIntents(): void {
    const journals = this.#devices.flatMap(({ journal }) => journal);
    if (journals.length > 0) this.#count("journal entry");
    for (const { token, record, field } of this.#written) {
      const isThere = equalJson(this.#devices[0]!.views.get(record)?.fields[field] ?? null, token);
      if (isThere || this.#seenAndReplaced.has(token)) continue;
      const isInJournal = journals.some(({ local, remote }) => [local, remote].some((side) => holds(side, token)));
      // Under this policy the newer edit of a field takes the place of the older one without a question.
      const isOutdone =
        this.#case.policy === "newer" && this.#written.some((other) => isRival(other, token, record, field));
      hold(isInJournal || isOutdone, "C-I5", () => `${token} of ${record}.${field} is nowhere`);
    }
  }

  /** C-I9: pages that come once more, after everything, change nothing. */
  #checkLatePages(): void {
    for (const [device, pages] of this.#keptPages) {
      const before = JSON.stringify([...device.views]);
      for (const page of pages) this.#applyLate(device, page);
      hold(JSON.stringify([...device.views]) === before, "C-I9", () => `${device.id}: a late page changed something`);
      hold(device.isIdle, "C-I9", () => `${device.id}: a late page made an edit`);
    }
  }

  #count(what: string): void {
    this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1);
  }
}

const holds = (side: JsonObject | null, token: string): boolean =>
  side !== null && Object.values(side).some((value) => value === token);

const isRival = (other: Written, token: string, record: string, field: string): boolean =>
  other.token !== token && other.record === record && other.field === field;
