import type { OpenStore } from "@owlivion/sync-client";

/** Where a device stands, from its own store: position, count and set hash of each collection, and whether something waits. */
export async function placeOf(open: OpenStore): Promise<string> {
  const store = await open();
  try {
    return await store.read(["collections", "outbox", "batches"], async (tx) => {
      const waiting = (await tx.count("outbox", "")) + (await tx.count("batches", ""));
      const rows = (await tx.scan("collections", { prefix: "" })).filter(({ position }) => position > 0);
      const places = rows.map(
        ({ key, epoch, position, count, setHash, walk }) =>
          `${key} ${epoch} ${position} ${count} ${Buffer.from(setHash).toString("hex")} ${walk === null ? "" : "walking"}`,
      );
      return (waiting > 0 ? `${waiting} waiting; ` : "") + places.join("; ");
    });
  } finally {
    await store.close();
  }
}
