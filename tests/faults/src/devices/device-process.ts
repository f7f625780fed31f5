import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { SyncStatus } from "@owlivion/sync-client";
import { TcpProxy } from "../network/tcp-proxy.ts";
import { Child } from "../world/child.ts";
import type { Scope } from "../world/scope.ts";
import { readJournal } from "./journal.ts";

const program = fileURLToPath(new URL("device-child.ts", import.meta.url));

interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** A device in a process of its own, behind a link of its own; it lives on after kills, on the same store. */
export class DeviceProcess {
  readonly name: string;
  readonly link: TcpProxy;
  readonly #folder: string;
  readonly #editsPerSecond: number;
  #child: Child | null = null;
  #calls = 0;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  /** Edits that failed: an application would see them. */
  readonly failedEdits: string[] = [];

  private constructor(name: string, folder: string, link: TcpProxy, editsPerSecond: number) {
    this.name = name;
    this.#folder = folder;
    this.link = link;
    this.#editsPerSecond = editsPerSecond;
  }

  static async start(scope: Scope, name: string, serverPort: number, editsPerSecond: number): Promise<DeviceProcess> {
    const folder = join(scope.folder, `device-${name}`);
    mkdirSync(folder, { recursive: true });
    const device = new DeviceProcess(name, folder, await TcpProxy.open(scope, serverPort), editsPerSecond);
    scope.defer(() => device.kill());
    await device.start();
    return device;
  }

  async start(): Promise<void> {
    const url = `http://127.0.0.1:${this.link.port}`;
    const args = [this.name, url, join(this.#folder, "store"), this.journalPath, String(this.#editsPerSecond)];
    const child = new Child(process.execPath, ["--conditions=@owlivion/source", "--no-warnings", program, ...args], {
      env: { PATH: process.env["PATH"] ?? "", NODE_COMPILE_CACHE: join(tmpdir(), "owlivion-faults-compiled-device") },
      stdio: ["pipe", "pipe", "pipe"],
    });
    this.#child = child;
    const ready = Promise.withResolvers<unknown>();
    this.#waiting.set(0, ready);
    createInterface({ input: child.process.stdout! }).on("line", (line) => this.#hear(JSON.parse(line) as Reply));
    void child.exited.then(() => {
      if (this.#child !== child) return;
      for (const call of this.#waiting.values()) call.reject(new Error(`${this.name} ended: ${child.output}`));
      this.#waiting.clear();
    });
    await ready.promise;
  }

  get journalPath(): string {
    return join(this.#folder, "journal");
  }

  get journal(): ReturnType<typeof readJournal> {
    return readJournal(this.journalPath);
  }

  async call(call: string, input = ""): Promise<unknown> {
    const id = ++this.#calls;
    const answer = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answer);
    answer.promise.catch(() => {});
    this.#child?.process.stdin?.write(`${JSON.stringify({ id, call, input })}\n`);
    return await answer.promise;
  }

  async place(): Promise<{ readonly place: string; readonly status: SyncStatus }> {
    return (await this.call("place")) as { place: string; status: SyncStatus };
  }

  async kill(): Promise<void> {
    await this.#child?.kill();
  }

  /** As when a person quits the application. */
  async end(): Promise<void> {
    await this.call("end").catch(() => {});
    await this.#child?.exited;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child?.signal(signal);
  }

  #hear({ id, value, error }: Reply): void {
    if (id === -1) return void this.failedEdits.push(error ?? "");
    const call = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) call?.resolve(value);
    else call?.reject(new Error(error));
  }
}
