import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Everything a test has opened, closed in reverse order when it ends, however it ends. */
export class Scope {
  readonly #closers: (() => unknown)[] = [];
  #folder: string | null = null;

  defer(close: () => unknown): void {
    this.#closers.push(close);
  }

  /** A folder of the test's own, removed at its end. PostgreSQL's user can walk through it. */
  get folder(): string {
    if (this.#folder === null) {
      const folder = mkdtempSync(join(tmpdir(), "owlivion-faults-"));
      chmodSync(folder, 0o711);
      folders.add(folder);
      this.#folder = folder;
      this.#closers.unshift(() => removeFolder(folder));
    }
    return this.#folder;
  }

  async end(): Promise<void> {
    const failures: unknown[] = [];
    for (let close = this.#closers.pop(); close !== undefined; close = this.#closers.pop()) {
      try {
        await close();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, "not everything could be cleaned up");
  }
}

const folders = new Set<string>();

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  folders.delete(folder);
}

/** For the end of the runner itself, where nothing can be awaited. */
export function removeFoldersNow(): void {
  for (const folder of folders) {
    try {
      removeFolder(folder);
    } catch {
      // A mount that could not be undone, perhaps: nothing more can be done here.
    }
  }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => probe.once("error", reject).listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
