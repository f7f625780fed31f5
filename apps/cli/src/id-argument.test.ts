import { Command } from "commander";
import { expect, test } from "vitest";
import { protectIds, readId, readIds } from "./id-argument.ts";

function parse(...args: string[]): unknown[] {
  const seen: unknown[] = [];
  const program = new Command().option("--dir <folder>").version("1").exitOverride();
  program
    .command("get")
    .argument("<type>")
    .argument("<id>", "", readId)
    .argument("[json]")
    .action((...all: unknown[]) => void seen.push(...all.slice(0, 3)));
  program
    .command("rm")
    .argument("<id...>", "", readIds)
    .action((ids: unknown) => void seen.push(ids));
  program.parse(protectIds(args), { from: "user" });
  return [...seen, program.opts()["dir"]];
}

test.each([
  "-V9SUJEiXrzsfL2wj0B4lw",
  "-h_QUkM5HIGcrPGykwsa_p",
  "--SUJEiXrzsfL2wj0B4lwA",
  "59SUJEiXrzsfL2wj0B4lwA",
  "a b",
])("%s is an id, wherever it stands", (id) => {
  expect(parse("get", "contacts", id, "{}", "--dir", "B")).toEqual(["contacts", id, "{}", "B"]);
  expect(parse("--dir", "B", "get", "contacts", id)).toEqual(["contacts", id, undefined, "B"]);
  expect(parse("rm", id, "other", id)).toEqual([[id, "other", id], undefined]);
});

test("what is no id stays an option", () => {
  expect(() => parse("get", "contacts", "--jsn")).toThrow("unknown option '--jsn'");
});
