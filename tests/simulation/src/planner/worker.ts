import { parentPort, workerData } from "node:worker_threads";
import { runRange } from "./range.ts";

const { from, seeds } = workerData as { from: number; seeds: number };
parentPort?.postMessage(runRange(from, seeds), []);
