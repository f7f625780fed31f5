import { parentPort } from "node:worker_threads";
import { runRange } from "./range.ts";

export interface Portion {
  readonly from: number;
  readonly seeds: number;
}

parentPort?.on("message", ({ from, seeds }: Portion) => parentPort?.postMessage(runRange(from, seeds), []));
