interface Lock {
  owner: object;
  readonly waiting: { readonly owner: object; readonly take: () => void; readonly fail: (error: unknown) => void }[];
}

/** Row locks by name, first come first served, held to the end of their transaction. */
export class MemoryLocks {
  readonly #locks = new Map<string, Lock>();
  readonly #held = new Map<object, Set<string>>();

  /** Undefined when it is taken at once. */
  take(name: string, owner: object): Promise<void> | undefined {
    const lock = this.#locks.get(name);
    if (lock === undefined) {
      this.#locks.set(name, { owner, waiting: [] });
      this.#hold(name, owner);
      return undefined;
    }
    if (lock.owner === owner) return undefined;
    return new Promise((take, fail) => lock.waiting.push({ owner, take, fail }));
  }

  release(owner: object): void {
    const names = this.#held.get(owner);
    if (names === undefined) return;
    this.#held.delete(owner);
    for (const name of names) {
      const lock = this.#locks.get(name);
      const next = lock?.waiting.shift();
      if (lock === undefined || next === undefined) {
        this.#locks.delete(name);
        continue;
      }
      lock.owner = next.owner;
      this.#hold(name, next.owner);
      next.take();
    }
  }

  /** Whoever held and waited is gone. */
  abandon(owner: object, error: Error): void {
    for (const { waiting } of this.#locks.values()) {
      const place = waiting.findIndex((one) => one.owner === owner);
      if (place !== -1) waiting.splice(place, 1)[0]!.fail(error);
    }
    this.release(owner);
  }

  #hold(name: string, owner: object): void {
    const names = this.#held.get(owner);
    if (names === undefined) this.#held.set(owner, new Set([name]));
    else names.add(name);
  }
}
