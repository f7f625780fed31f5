import { serverKilled } from "./t01-server-killed.ts";
import type { TortureTest } from "./torture-test.ts";

export const tortureTests: readonly TortureTest[] = [serverKilled];
