import { readFileSync } from "node:fs";
import { summarize } from "./summarize.ts";

// node --conditions=@owlivion/source src/fuzz/print-ledger.ts REPORT…: the table of a campaign.
console.log(
  summarize(
    process.argv
      .slice(2)
      .map((file) => readFileSync(file, "utf8"))
      .join("\n"),
  ),
);
