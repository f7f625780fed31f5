import type { Command } from "commander";
import { expect, test } from "vitest";
import { createProgram } from "./create-program.ts";

function leavesOf(command: Command, path = ""): [string, Command][] {
  const name = `${path} ${command.name()}`.trim();
  const below = command.commands.flatMap((each) => leavesOf(each, name));
  return below.length === 0 ? [[name, command]] : below;
}

function helpOf(command: Command): string {
  let text = "";
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

test.each(leavesOf(createProgram()))(
  "%s --help has an example of itself, the common options, and its JSON",
  (name, command) => {
    const help = helpOf(command);
    expect(help).toMatch(/\nExamples?:\n/);
    expect(help).toMatch(new RegExp(`\\n  (\\w+=\\S+ )*${name}( |\\n)`));
    for (const option of ["--dir", "--url", "--json"]) expect(help).toContain(option);
    expect(help).toContain("\nJSON: ");
  },
);

test("the help tells every exit code", () => {
  const help = helpOf(createProgram());
  for (const code of [0, 1, 2, 3, 4, 5, 130, 143]) expect(help).toMatch(new RegExp(`\\b${code}\\b`));
});
