import { builtInDataTypes, type DataType, defineDataType, SyncError } from "@owlivion/sync-client";

/** The built-in ones know how to merge their fields; of any other the newer edit is shown, and the other is kept. */
export function dataTypesNamed(names: Iterable<string>): readonly DataType[] {
  const known: Readonly<Record<string, unknown>> = builtInDataTypes();
  return [...new Set([...Object.keys(known), ...names])].map(
    (name) => (known[name] ?? defineDataType({ name })) as DataType,
  );
}

const patienceMs = 10_000;
const typeName = /^[a-z][a-z0-9_]{0,31}$/;

/** What the server is configured for; null: it did not say. The address was checked before. */
export async function askDataTypes(url: string): Promise<readonly string[] | null> {
  try {
    const reply = await fetch(`${url}/api/v1/config`, {
      redirect: "error",
      signal: AbortSignal.timeout(patienceMs),
    });
    const body = (await reply.json()) as { data?: { data_types?: unknown } };
    const types = body.data?.data_types;
    if (!Array.isArray(types)) return null;
    return types.filter((type): type is string => typeof type === "string" && typeName.test(type)).slice(0, 1024);
  } catch {
    return null; // Whoever needs the server next says what is wrong with it.
  }
}

export function unknownDataType(name: string, known: Iterable<string>): SyncError {
  return new SyncError("UNKNOWN_DATA_TYPE", {
    message: `This server is not configured for ${name}. It has: ${[...known].join(", ")}.`,
  });
}
