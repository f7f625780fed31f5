import { appendFile } from "node:fs/promises";
import { devNull } from "node:os";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, test } from "vitest";
import type { AtEnd } from "../../../packages/client/test/web/support/browser.ts";
import { startTestServer } from "../../../packages/server/test/support/server.ts";
import { behaviours } from "../src/behaviours/index.ts";
import type { Driver } from "../src/device/driver.ts";
import { runBehaviour } from "../src/run-behaviour.ts";

/** Where `npm run hostile` wants a line for each behaviour; nowhere when a single file is run by hand. */
const tableFile = process.env["HOSTILE_TABLE"] ?? devNull;

/** Every behaviour, against the SDK where the driver runs it. */
export function hostileSuite(where: string, startDriver: (atEnd: AtEnd) => Promise<Driver>): void {
  const ends: Parameters<AtEnd>[0][] = [];
  let driver: Driver;
  let realUrl: string;

  beforeAll(async () => {
    driver = await startDriver((work) => ends.push(work));
    const corsOrigins = driver.origin === undefined ? [] : [driver.origin];
    const server = await startTestServer({ config: { corsOrigins } });
    ends.push(() => server.close());
    await server.app.listen({ host: "127.0.0.1", port: 0 });
    realUrl = `http://127.0.0.1:${(server.app.server.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  describe(where, () => {
    test.each(behaviours.map((behaviour) => [`${behaviour.row} ${behaviour.name}`, behaviour] as const))(
      "%s",
      async (_, behaviour) => {
        const noticed = await runBehaviour(behaviour, driver, realUrl);
        const { row, name, residual = null, isHarmless = false } = behaviour;
        const outcome = isHarmless ? "no effect" : residual === null ? noticed : `residual: ${residual}`;
        await appendFile(tableFile, `${JSON.stringify({ row, name, where: driver.name, outcome })}\n`);
      },
    );
  });
}
