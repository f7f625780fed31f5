// npm run build -w apps/web: for packages/server, which ships the result.
import { resolve } from "node:path";
import { buildWebApp } from "./build-web-app.ts";
import { measureSize } from "./check-size.ts";

const [given] = process.argv.slice(2);
if (given === undefined) throw new Error("build.ts <folder>");
const folder = resolve(given);
await buildWebApp(folder);
for (const { screen, kilobytes } of measureSize(folder))
  process.stdout.write(`${screen}: ${kilobytes.toFixed(1)} KB\n`);
