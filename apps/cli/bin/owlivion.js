#!/usr/bin/env node
// In an installed package: the compiled program. In a checkout: its source, which Node runs as it is.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../src/main.ts", import.meta.url));

if (existsSync(source)) {
  // Node must be started anew: the condition that leads to the other packages' sources can only be given at start.
  const args = ["--conditions=@owlivion/source", source, ...process.argv.slice(2)];
  if (process.platform === "win32" || process.execve === undefined) runAsChild(args);
  else process.execve(process.execPath, [process.execPath, ...args], process.env); // The same process: signals are its own.
} else {
  await import("../dist/main.js");
}

function runAsChild(args) {
  const child = spawn(process.execPath, args, { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 128);
  });
}
