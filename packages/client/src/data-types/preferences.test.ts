import { describe, expect, it } from "vitest";
import { mergeValues } from "../merge/merge-values.ts";
import { preferences, preferenceValues } from "./preferences.ts";
import { validated } from "./validated.fixture.ts";

const dataType = preferences();

describe("preferences", () => {
  it("are one record for each key, whose case counts", () => {
    expect(dataType.naturalKey!({ key: "theme", value: "dark" })).toBe("theme");
    expect(dataType.sameRecord!({ key: "theme" }, { key: "theme" })).toBe(true);
    expect(dataType.sameRecord!({ key: "theme" }, { key: "Theme" })).toBe(false);
  });

  it("need a key, and take any value", () => {
    expect(validated(dataType, { key: "columns", value: [{ width: 100 }] })).toEqual([]);
    expect(validated(dataType, { key: "", value: 1 })).toHaveLength(1);
    expect(validated(dataType, { value: 1 })).toEqual(["key is missing"]);
  });

  it("are laid over the defaults", () => {
    const values = preferenceValues({ theme: "light", fontSize: 12 }, [
      { key: "theme", value: "dark" },
      { key: "fontSize", value: null },
      { key: "extra", value: true },
    ]);
    expect(values).toEqual({ theme: "dark", fontSize: 12, extra: true });
  });
});

describe("traps of preferences", () => {
  const stamp = { wallMs: 1, counter: 0, device: "0000000a-0000-4000-8000-000000000000" };
  const chosen = { schema: 1, fields: { key: "theme", value: "dark" }, stamps: { key: stamp, value: stamp } };

  it("R9: a default has no stamp and never wins over a choice", () => {
    const asDefault = { schema: 1, fields: { key: "theme", value: "light" }, stamps: {} };
    for (const [a, b] of [
      [chosen, asDefault],
      [asDefault, chosen],
    ] as const) {
      expect(mergeValues(null, a, b, dataType.merge!)).toEqual({ value: chosen, clashes: [] });
    }
  });

  it("R9: reading defaults makes no record", () => {
    const records: { key: string; value: string }[] = [];
    preferenceValues({ theme: "light" }, records);
    expect(records).toEqual([]);
  });

  it("R10: two choices are settled for the one key, by the newer stamp", () => {
    const later = { ...stamp, wallMs: 2 };
    const newer = { schema: 1, fields: { key: "theme", value: "blue" }, stamps: { key: later, value: later } };
    expect(mergeValues(null, chosen, newer, dataType.merge!)).toEqual({ value: newer, clashes: [] });
  });

  it("R20: a text under the name of a secret is refused unless the app says otherwise", () => {
    for (const key of ["assistant.apiKey", "gemini_api_key", "proxyPassword", "push token"]) {
      expect(validated(dataType, { key, value: "hunter2" }), key).toHaveLength(1);
      expect(validated(preferences({ includeSecrets: true }), { key, value: "hunter2" }), key).toEqual([]);
    }
    expect(validated(dataType, { key: "showPassword", value: true })).toEqual([]);
    expect(validated(dataType, { key: "passwordReminder", value: "weekly" })).toEqual([]);
  });
});
