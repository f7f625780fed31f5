/** What is rarely called. One module: cut finer, the parts that all share would be many small ones. */
export { runDoctor } from "../doctor/doctor.ts";
export { exportData } from "../export/export-data.ts";
export { importData } from "../export/import-data.ts";
export { memoryStore } from "../store/memory-store.ts";
export { createHistory } from "./history.ts";
export { createIntegrity } from "./integrity.ts";
export { restoreTo } from "./restore-to.ts";
