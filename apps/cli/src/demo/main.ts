import { Command, InvalidArgumentError } from "commander";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CliError } from "../cli-error.ts";
import { renderTable } from "../terminal/print.ts";
import { reportFailure } from "../terminal/report-failure.ts";
import { startCountingProxy } from "./counting-proxy.ts";
import { type DemoStep, toRow } from "./demo-table.ts";
import { runDemo } from "./run-demo.ts";
import { startServerProcess } from "./server-process.ts";

/** What must be undone, last first, however the demo ends. */
const undo: (() => Promise<unknown>)[] = [];

async function cleanUp(): Promise<void> {
  for (let last = undo.pop(); last !== undefined; last = undo.pop()) await last();
}

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, () => void cleanUp().finally(() => process.exit(130)));
}

async function demo(contacts: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "owlivion-demo-"));
  undo.push(() => rm(folder, { recursive: true, force: true }));
  process.stderr.write("Starting a server with a PostgreSQL of its own …\n");
  const server = await startServerProcess(folder).catch((error: unknown) => {
    throw new CliError(error instanceof Error ? error.message : String(error), { cause: error });
  });
  undo.push(() => server.stop());
  const proxy = await startCountingProxy(server.port);
  undo.push(() => proxy.close());

  const steps: DemoStep[] = [];
  const startedMs = performance.now();
  await runDemo({
    folder,
    proxy,
    contacts,
    onStep(step) {
      steps.push(step);
      process.stderr.write(`  ${step.step} (${(step.ms / 1000).toFixed(1)} s)\n`);
    },
    onCheck: (what) => void process.stderr.write(`  ✓ ${what}\n`),
  });
  process.stdout.write(`\n${renderTable(steps.map(toRow))}\n\n`);
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(0);
  process.stdout.write(
    `Bytes are those of the wire, HTTP headers included. saved: against sending all ${contacts} contacts once more.\n` +
      `Both devices hold the same, and so do their exports. It took ${seconds} s.\n`,
  );
}

function readContacts(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 60 && count <= 200_000) return count;
  throw new InvalidArgumentError("It must be a whole number from 60 to 200000.");
}

try {
  await new Command("npm run demo --")
    .description("two devices, one address book, the real server: what is sent, received, merged and saved")
    .option("--contacts <count>", "how many contacts", readContacts, 10_000)
    .exitOverride()
    .action(({ contacts }: { contacts: number }) => demo(contacts))
    .parseAsync();
} catch (error) {
  process.exitCode = reportFailure(error, false);
} finally {
  await cleanUp();
}
