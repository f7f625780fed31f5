/** Path segments below `/sync/`, so no data type may be called that. */
const reserved = new Set(["upload", "download", "status", "events"]);

/** Whether an operator may configure a data type of this name. */
export function isDataTypeName(name: string): boolean {
  return /^[a-z][a-z0-9_]{0,31}$/.test(name) && !reserved.has(name);
}
