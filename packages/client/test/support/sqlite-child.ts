import { sqliteStore } from "@owlivion/sync-client/sqlite";

/** A process of its own on a store: `write` until it is killed, `hold` a lock or a transaction, `wish` for a sync. */
const [mode, directory = ""] = process.argv.slice(2);
const store = await sqliteStore(directory)();
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const forever = new Promise<never>(() => {});
setInterval(() => {}, 1000);

switch (mode) {
  case "write":
    for (;;) say(String(await writeNext()));
  case "hold-lock":
    await store.exclusively("syncer", async () => {
      say("held");
      await forever;
    });
    break;
  case "hold-transaction":
    await store.write(["meta"], async (tx) => {
      await tx.put("meta", { key: "torn", value: true });
      say("held");
      await forever;
    });
    break;
  case "wish":
    store.announce({ type: "wanted" });
    say("wished");
}

/** The rows of one pull and its position, in one transaction. */
function writeNext(): Promise<number> {
  return store.write(["records", "meta"], async (tx) => {
    const next = (((await tx.get("meta", "position"))?.value as number | undefined) ?? 0) + 1;
    for (let row = 0; row < 20; row++) {
      const recordId = `${String(next).padStart(6, "0")}-${row}`;
      await tx.put("records", {
        key: `contacts/${recordId}`,
        recordId,
        kind: "put",
        version: next,
        envelope: new Uint8Array(1200).fill(next & 0xff),
        hash: new Uint8Array(32),
        rev: 1,
        changedAt: "2026-01-02T03:04:05.678Z",
        deviceId: "d",
        generation: 0,
        isCounted: true,
      });
      if (row === 10) await tx.put("meta", { key: "position", value: next });
    }
    return next;
  });
}
