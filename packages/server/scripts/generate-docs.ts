import { mkdirSync, writeFileSync } from "node:fs";
import { generatedDocs } from "./generated-docs.ts";

for (const { file, render } of generatedDocs) {
  mkdirSync(new URL(".", file), { recursive: true });
  writeFileSync(file, await render());
}
