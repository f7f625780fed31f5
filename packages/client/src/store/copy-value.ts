import { SyncError } from "../errors.ts";

/** A copy of what a row may hold: JSON values and bytes. Properties that are undefined are left out. */
export function copyValue<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (isScalar(value)) return value;
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(copy);
  const result: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(value as object)) {
    if (entry !== undefined) setOwn(result, name, copy(entry));
  }
  return result;
}

/** True for a JSON value without parts, false for a list, an object or bytes; nothing else belongs into a row. */
export function isScalar(value: unknown): value is null | string | number | boolean {
  if (value === null) return true;
  switch (typeof value) {
    case "string":
    case "boolean":
      return true;
    case "number":
      if (Number.isFinite(value)) return true;
      break;
    case "object":
      if (Array.isArray(value) || value instanceof Uint8Array || isPlain(value)) return false;
  }
  throw new SyncError("INTERNAL", { message: "A row holds JSON values and bytes, nothing else." });
}

/** A plain assignment of `__proto__` would set no field. */
export function setOwn(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== "__proto__") object[name] = value;
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || Object.getPrototypeOf(prototype) === null;
}
