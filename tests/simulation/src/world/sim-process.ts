import { openSync, type Sync, type SyncEvent } from "@owlivion/sync-client";
import { insecurePasswordHashForTests } from "@owlivion/sync-crypto/testing";
import type { Clock } from "../../../../packages/client/src/ports.ts";
import { Random } from "../tapes/random.ts";
import { simDataTypes } from "./sim-data-types.ts";
import type { Partition, Sender } from "./network.ts";
import { ProcessLife } from "./process-life.ts";
import type { SimDevice } from "./sim-device.ts";
import { SimStore } from "./sim-store.ts";

/** One run of the app on a device: the production engine on the world's clock, chance, network and disk. */
export class SimProcess implements Sender {
  readonly device: SimDevice;
  readonly life: ProcessLife;
  readonly events: SyncEvent[] = [];
  /** Null: it is still opening. */
  sync: Sync | null = null;
  /** Who must not be disturbed: a call of the session is going on. */
  isBusy = false;
  /** What its person began, and has not ended. */
  doing = 0;
  #wake: () => void = () => {};

  constructor(device: SimDevice, onEnd: (reason: string) => void) {
    this.device = device;
    this.life = new ProcessLife(onEnd);
  }

  get name(): string {
    return this.device.name;
  }

  get partition(): Partition {
    return this.device.partition;
  }

  isGone(): boolean {
    return this.life.isOver;
  }

  async open(number: number): Promise<Sync> {
    const { device, life } = this;
    const { world, disk } = device;
    const random = new Random(world.plan.seed, `random/${device.name}/${number}`);
    const inner = await disk.open();
    void life.over.then(() => inner.close());
    const sync = await openSync({
      url: "http://localhost",
      store: async () => new SimStore(inner, disk, life, device.storeWorld(this)),
      platform: "linux",
      dataTypes: simDataTypes,
      passwordHash: insecurePasswordHashForTests,
      ports: {
        clock: this.#clock(),
        random: (length) => random.bytes(length),
        fetch: world.network.fetchOf(this),
      },
      network: {
        onWake: (listener) => {
          this.#wake = listener;
          return () => (this.#wake = () => {});
        },
      },
    });
    sync.on((event) => {
      if (life.isOver) return;
      this.events.push(event);
      world.heard(this, event);
    });
    this.sync = sync;
    return sync;
  }

  /** The platform says that the network is back, or that somebody looks at the app. */
  wake(): void {
    if (!this.life.isOver) this.#wake();
  }

  /** Runs when the process is awake; never when it is gone. */
  deliver(run: () => void): void {
    if (this.life.isOver) return;
    if (this.device.isSuspended) this.device.whenResumed(() => this.deliver(run));
    else run();
  }

  #clock(): Clock {
    const { device } = this;
    return {
      now: () => device.clock.now(),
      schedule: (ms, callback) => device.world.scheduler.at(ms, () => this.deliver(callback)),
    };
  }
}
