import { openPostgresStore } from "../../../test/support/stores-under-test.ts";
import { describeDeltaStore } from "../store.contract.ts";

describeDeltaStore("postgres store", openPostgresStore);
