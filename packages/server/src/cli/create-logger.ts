import { type DestinationStream, type Logger, pino } from "pino";
import { logSerializers } from "./log-serializers.ts";
import { createReadableStream } from "./readable-log.ts";

/** The server's log: JSON lines for machines, one readable line each on a terminal. */
export function createLogger(level: string, target: DestinationStream = chooseTarget()): Logger {
  return pino({ level, base: null, serializers: logSerializers }, target);
}

function chooseTarget(): DestinationStream {
  return process.stdout.isTTY ? createReadableStream(process.stdout) : pino.destination({ dest: 1, sync: true });
}
