import { type DestinationStream, type Logger, pino } from "pino";
import { createBoundedStream } from "./bounded-stream.ts";
import { logSerializers } from "./log-serializers.ts";
import { createReadableStream } from "./readable-log.ts";

/** The server's log: JSON lines for machines, one readable line each on a terminal. A reader that stops does not stop it. */
export function createLogger(level: string, target: DestinationStream = chooseTarget()): Logger {
  return pino({ level, base: null, serializers: logSerializers }, target);
}

function chooseTarget(): DestinationStream {
  return process.stdout.isTTY ? createReadableStream(process.stdout) : createBoundedStream(process.stdout);
}
