import type { Choice } from "../tapes/fault-tape.ts";
import type { DeviceSetup } from "../tapes/plan.ts";
import { Random } from "../tapes/random.ts";
import { WallClock } from "../time/wall-clock.ts";
import type { Partition } from "./network.ts";
import type { Person } from "./person.ts";
import { type DiskImage, SimDisk } from "./sim-disk.ts";
import { settleSession } from "./settle-session.ts";
import { SimProcess } from "./sim-process.ts";
import type { StoreWorld } from "./sim-store.ts";
import type { World } from "./world.ts";

/** A machine of somebody: its disk, its clock, and the app that runs on it, in one window or several. */
export class SimDevice {
  readonly world: World;
  readonly name: string;
  readonly index: number;
  readonly disk: SimDisk;
  readonly clock: WallClock;
  readonly setup: DeviceSetup;
  person: Person;
  partition: Partition = "none";
  isSuspended = false;
  /** Whether the app syncs by itself when it is open. */
  isLive: boolean;
  /** As it was some time ago. */
  image: DiskImage | null = null;
  /** Its storage went back or away: what it had not sent is gone, and its numbers may repeat. */
  hasForgotten = false;
  /** How often in a row no password opened. */
  lockedOut = 0;
  #processes: SimProcess[] = [];
  #resumed: (() => void)[] = [];
  #lives = 0;

  constructor(world: World, index: number, setup: DeviceSetup, person: Person) {
    this.world = world;
    this.index = index;
    this.name = index < 26 ? String.fromCharCode(65 + index) : `D${index}`;
    this.setup = setup;
    this.person = person;
    this.isLive = setup.isLive;
    const random = new Random(world.plan.seed, `disk/${this.name}`);
    this.disk = new SimDisk(world.scheduler, (length) => random.bytes(length));
    this.clock = new WallClock(world.scheduler, setup);
  }

  get processes(): readonly SimProcess[] {
    return this.#processes;
  }

  /** The one that the person looks at. */
  get main(): SimProcess | null {
    return this.#processes.find(({ sync }) => sync !== null) ?? null;
  }

  /** Opens the app, or another window of it. */
  async openApp(): Promise<SimProcess | null> {
    const process = new SimProcess(this, (reason) => this.#died(process, reason));
    this.#processes.push(process);
    this.#lives += 1;
    try {
      const sync = await Promise.race([process.open(this.#lives), process.life.over.then(() => null)]);
      if (sync === null) return null;
      if (this.isLive) sync.start();
      return process;
    } catch (error) {
      this.world.unexpected(this, "openSync", error);
      process.life.end("could not open");
      return null;
    }
  }

  /** Its person signs in, if need be. */
  async settle(): Promise<void> {
    if (this.main !== null) await settleSession(this.main);
  }

  /** Its person closes it. */
  async closeApp(): Promise<void> {
    for (const process of this.#processes) {
      await process.sync?.close();
      process.life.end("closed");
    }
  }

  /** The power fails. */
  kill(reason: string): void {
    for (const process of [...this.#processes]) process.life.end(reason);
  }

  whenResumed(run: () => void): void {
    this.#resumed.push(run);
  }

  resume(): void {
    if (!this.isSuspended) return;
    this.isSuspended = false;
    const resumed = this.#resumed;
    this.#resumed = [];
    // In the order in which they were due.
    for (const run of resumed) this.world.scheduler.at(0, run);
  }

  storeWorld(process: SimProcess): StoreWorld {
    const { world, name } = this;
    return {
      fault: (): Choice | null => world.tape.choose(`store/${name}`, world.swarm.store),
      commitMs: () => (world.swarm.hasSlowStore ? world.tape.number(`commit/${name}`, 4) * 3 : 0),
      happened: (fault) => world.happened(fault),
      wait: (ms) => world.scheduler.wait(ms),
      later: (ms, run) => void world.scheduler.at(ms, run),
      committing: (writes) => world.intents.overwritten(name, this.disk.mirror, writes),
      committed: (writes) => world.committed(process, writes),
    };
  }

  #died(process: SimProcess, reason: string): void {
    this.#processes = this.#processes.filter((each) => each !== process);
    this.world.note(`${this.name} ${reason}`);
  }
}
