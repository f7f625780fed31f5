#!/usr/bin/env node
// In an installed package: the compiled program. In a checkout: its source, which Node runs as it is.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const source = new URL("../src/cli/main.ts", import.meta.url);

if (existsSync(source)) {
  runSource(fileURLToPath(source));
} else {
  await import("../dist/cli/main.js");
}

// A process of its own, because the condition that leads to the other packages' sources can only be given at start.
function runSource(path) {
  const args = ["--conditions=@owlivion/source", path, ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 128);
  });
}
