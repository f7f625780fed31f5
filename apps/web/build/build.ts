// npm run build -w apps/web: for packages/server, which ships the result.
import { buildWebApp } from "./build-web-app.ts";
import { measureSize } from "./check-size.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("build.ts <folder>");
await buildWebApp(folder);
for (const { screen, kilobytes } of measureSize(folder))
  process.stdout.write(`${screen}: ${kilobytes.toFixed(1)} KB\n`);
