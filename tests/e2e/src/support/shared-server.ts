import type { TestProject } from "vitest/node";
import { startWebServer } from "./web-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly sharedServerUrl: string;
  }
}

/** One server for all test files; a test that stops it has one of its own. */
export default async function shareServer(project: TestProject): Promise<() => Promise<void>> {
  const server = await startWebServer();
  project.provide("sharedServerUrl", server.url);
  return () => server.stop();
}
