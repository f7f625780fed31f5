import type { Command } from "commander";
import { loadConfig } from "../config/config.ts";
import { readEnvironment } from "../config/environment.ts";
import { adoptCluster } from "../db/embedded/adopt-cluster.ts";
import { printJson } from "./print.ts";

export function addAdopt(program: Command): void {
  program
    .command("adopt")
    .description("take over the database that a moved data directory links to; every server must be stopped")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
Only for a data directory whose "postgres" is a link (made as root, when PostgreSQL's user cannot reach the directory).
Such a database belongs to one data directory. One that was moved is refused until this is said; a copy stays refused
while the original is there.`,
    )
    .action(({ json }: { json?: true }) => {
      const { dataDir } = loadConfig(readEnvironment().values);
      const cluster = adoptCluster(dataDir);
      if (json === true) printJson({ data_dir: dataDir, cluster });
      else process.stdout.write(`${cluster} is the database of ${dataDir} from now on.\n`);
    });
}
