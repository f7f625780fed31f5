import { startEmbeddedPostgres } from "../../src/db/embedded/start-embedded-postgres.ts";
import { consoleLog } from "./console-log.ts";

// A process of its own with an embedded PostgreSQL, for tests that kill it. Tells the connection when it is there.
const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error("usage: embedded-process.ts <data dir>");
const { connection } = await startEmbeddedPostgres({ dataDir, log: consoleLog, settings: { fsync: "off" } });
process.stdout.write(`${JSON.stringify(connection)}\n`);
