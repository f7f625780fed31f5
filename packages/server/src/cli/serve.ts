import type { Command } from "commander";
import type { FastifyBaseLogger } from "fastify";
import { loadConfig } from "../config/config.ts";
import { warnOfTypos } from "../config/describe-config.ts";
import { readEnvironment } from "../config/environment.ts";
import { createLogger } from "./create-logger.ts";
import { reportFailure } from "./report-failure.ts";
import { drainStandardOutput } from "./standard-output.ts";

/** From the signal: when connections are cut, and when the process ends in any case. Orchestrators usually wait 10 s. */
const cutAfterMs = 8_000;
const endAfterMs = 10_000;
const lastLinesMs = 500;
/** Ctrl-C under npm arrives twice: from the terminal, and passed on by npm. */
const sameKeystrokeMs = 500;

export function addServe(program: Command): void {
  program
    .command("serve")
    .description("run the server, with a PostgreSQL of its own unless DATABASE_URL names one")
    .addHelpText(
      "after",
      `
The settings come from the environment and from a file .env in the working directory: see "owlivion-sync config".
The database is migrated on start. SIGTERM and SIGINT end what is in flight and exit with 0 within 10 seconds; a
second signal ends at once.`,
    )
    .action(serve);
}

async function serve(): Promise<void> {
  const environment = readEnvironment();
  const config = loadConfig(environment.values);
  const logger = createLogger(config.logLevel);
  for (const warning of warnOfTypos(environment)) logger.warn(warning);
  const ending = listenForEnd(logger);
  // Loaded here, as the other commands do without the application and start several times faster.
  const { startServerProcess } = await import("../server-process.ts");
  const running = await startServerProcess(config, logger).catch((error: unknown) =>
    process.exit(reportFailure(error)),
  );
  const exitCode = await ending;

  const cutting = setTimeout(() => {
    logger.warn("requests are still in flight: cutting their connections");
    running.cutConnections();
  }, cutAfterMs);
  await running.stop();
  clearTimeout(cutting);
  logger.info("stopped");
  await drainStandardOutput(lastLinesMs);
  process.exit(exitCode);
}

/** Settles with the exit code when the process is to end; from then on it has ten seconds. */
async function listenForEnd(logger: FastifyBaseLogger): Promise<number> {
  return await new Promise((resolve) => {
    let endingSinceMs: number | undefined;
    const end = (exitCode: number) => {
      if (endingSinceMs !== undefined) {
        if (performance.now() - endingSinceMs > sameKeystrokeMs) process.exit(1);
        return;
      }
      endingSinceMs = performance.now();
      setTimeout(() => {
        logger.error("not stopped in time: ending now");
        process.exit(1);
      }, endAfterMs).unref();
      resolve(exitCode);
    };
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      process.on(signal, () => {
        if (endingSinceMs === undefined) logger.info({ signal }, "stopping");
        end(0);
      });
    }
    // A mistake of ours: what it left half done is unknown, so the process ends, its requests in flight answered.
    for (const event of ["unhandledRejection", "uncaughtException"] as const) {
      process.on(event, (error: unknown) => {
        logger.fatal({ err: error }, `${event}: stopping`);
        if (endingSinceMs === undefined) end(1);
      });
    }
  });
}
