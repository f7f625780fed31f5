import type { Command } from "commander";
import { loadConfig } from "../config/config.ts";
import { describeConfig, renderEnvExample, warnOfTypos } from "../config/describe-config.ts";
import { readEnvironment } from "../config/environment.ts";
import { printJson, printTable } from "./print.ts";

export function addConfig(program: Command): void {
  program
    .command("config")
    .description("print every setting, its effective value and where it comes from; secrets are masked")
    .option("--json", "print JSON")
    .option("--env-example", "print the text of .env.example instead")
    .addHelpText("after", "\nExits with 2 when a setting is wrong, after printing them all.")
    .action(({ json, envExample }: { json?: true; envExample?: true }) => {
      if (envExample) {
        process.stdout.write(renderEnvExample());
        return;
      }
      const environment = readEnvironment();
      const settings = describeConfig(environment);
      if (json) printJson(settings);
      else printTable(settings.map(({ name, value, source }) => ({ setting: name, value, source })));
      for (const warning of warnOfTypos(environment)) process.stderr.write(`${warning}\n`);
      loadConfig(environment.values);
    });
}
