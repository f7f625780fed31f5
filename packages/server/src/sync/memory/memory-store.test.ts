import { openMemoryStore } from "../../../test/support/stores-under-test.ts";
import { describeDeltaStore } from "../store.contract.ts";

describeDeltaStore("memory store", async () => openMemoryStore());
