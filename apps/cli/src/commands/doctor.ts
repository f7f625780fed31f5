import type { DoctorReport } from "@owlivion/sync-client";
import type { Command } from "commander";
import { type Device, withSync } from "../device/with-sync.ts";
import { exitCodes } from "../exit-codes.ts";
import { globalsOf } from "../globals.ts";
import { ask } from "../terminal/ask.ts";
import { askPassword } from "../terminal/ask-password.ts";
import { printJson, printLine, printTable } from "../terminal/print.ts";

interface Options {
  readonly full?: true;
  readonly keys?: true;
  readonly repair?: true;
  readonly yes?: true;
}

export function addDoctor(program: Command): void {
  program
    .command("doctor")
    .description("look at everything: clock, server, keys, storage, what waits; and say what to do")
    .option("--full", "open every record, instead of some hundred")
    .option("--keys", "compare the keys with the server's too; needs the password")
    .option("--repair", "do what can be done; asks before each")
    .option("--yes", "do not ask")
    .addHelpText(
      "after",
      `
Changes nothing without --repair. The report tells nothing about a person or a record, so that it can be sent to whoever
helps. Exits with 5 when it found a problem.

Example:
  owlivion doctor --dir ./a

JSON: {at, state, checks: [{name, data_type, state, summary, facts}], repairs: [{problem, data_type, repair, can_run}]}
state: ok, notice, unknown or problem.`,
    )
    .action(async (options: Options, command: Command) => {
      await withSync(globalsOf(command), { needsAccount: false }, async (device) => {
        const { sync, signal, isJson } = device;
        const password = options.keys === true ? await askPassword() : undefined;
        const full = options.full === true;
        const look = { full, signal, ...(password === undefined ? {} : { password }) };
        let report = await sync.doctor(look);
        if (options.repair === true && (await repair(report, device, options.yes))) report = await sync.doctor(look);
        if (isJson) printJson(toJson(report));
        else tell(report);
        if (report.state === "problem") process.exitCode = exitCodes.attention;
      });
    });
}

/** True: something was done. */
async function repair(report: DoctorReport, { isJson }: Device, yes: true | undefined): Promise<boolean> {
  let isDone = false;
  for (const { problem, repair, run } of report.repairs) {
    if (run === undefined) continue;
    if (!(await ask(`${problem} ${repair} Do it?`, yes))) continue;
    await run();
    isDone = true;
    if (!isJson) printLine(`Done: ${repair}`);
  }
  return isDone;
}

const toJson = ({ at, state, checks, repairs }: DoctorReport) => ({
  at,
  state,
  checks: checks.map(({ name, dataType, state, summary, facts }) => ({
    name,
    data_type: dataType,
    state,
    summary,
    facts,
  })),
  repairs: repairs.map(({ problem, dataType, repair, run }) => ({
    problem,
    data_type: dataType,
    repair,
    can_run: run !== undefined,
  })),
});

function tell({ state, checks, repairs }: DoctorReport): void {
  printTable(
    checks
      .filter((check) => check.state !== "ok" || check.dataType === null)
      .map(({ state, name, dataType, summary }) => ({ state, check: name, type: dataType, summary })),
  );
  for (const { problem, repair, run } of repairs) {
    printLine(`${problem} ${repair}${run === undefined ? "" : " (owlivion doctor --repair)"}`);
  }
  printLine(state === "ok" ? "All is well." : `Worst: ${state}.`);
}
