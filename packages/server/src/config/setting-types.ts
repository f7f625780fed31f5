import { isIP } from "node:net";
import { Cron } from "croner";
import { isDataTypeName } from "@owlivion/sync-protocol";
import { Secret } from "./secret.ts";

/** Reads a setting's text; throws an Error that says what would be right, to stand after the setting's name. */
export type SettingType<T> = (text: string) => T;

export const text: SettingType<string> = (value) => value;

export function optional<T>(type: SettingType<T>): SettingType<T | undefined> {
  return (value) => (value === "" ? undefined : type(value));
}

export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): SettingType<number> {
  return (value) => {
    const number = Number(value);
    if (/^\d+$/.test(value) && number >= min && number <= max) return number;
    throw new Error(
      `must be a whole number ${max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`}`,
    );
  };
}

export const positiveNumber: SettingType<number> = (value) => {
  const number = Number(value);
  if (/^\d*\.?\d+$/.test(value) && number > 0) return number;
  throw new Error("must be a number greater than 0");
};

export function oneOf<const Choice extends string>(...choices: Choice[]): SettingType<Choice> {
  return (value) => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    throw new Error(`must be one of ${choices.join(", ")}`);
  };
}

export function secret(minChars: number): SettingType<Secret> {
  return (value) => {
    if (value.length >= minChars) return new Secret(value);
    throw new Error(`must have at least ${minChars} characters`);
  };
}

/** A secret because it may carry a password. */
export function url(...protocols: string[]): SettingType<Secret> {
  return (value) => {
    if (protocols.some((protocol) => value.startsWith(`${protocol}://`)) && URL.canParse(value))
      return new Secret(value);
    throw new Error(`must be a URL that begins with ${protocols.map((protocol) => `${protocol}://`).join(" or ")}`);
  };
}

/** As the driver reads it, which also takes a user without a host before the path, as for a socket in `?host=`. */
export const postgresUrl: SettingType<Secret> = (value) => {
  const isUrl = URL.canParse(value) || URL.canParse(value.replace("@/", "@localhost/"));
  if (/^postgres(ql)?:\/\//.test(value) && isUrl) return new Secret(value);
  throw new Error(
    "must be a URL: postgresql://user:password@host/database, or for a socket " +
      "postgresql://user@/database?host=/run/postgresql",
  );
};

/** Comma-separated; spaces around an item do not matter, an item twice counts once. */
function list(isItem: (item: string) => boolean, expectation: string): SettingType<readonly string[]> {
  return (value) => {
    const items = value.split(",").map((item) => item.trim());
    const given = items.filter((item) => item !== "");
    const wrong = given.filter((item) => !isItem(item));
    if (wrong.length > 0)
      throw new Error(`must be a comma-separated list of ${expectation}; wrong: ${wrong.join(", ")}`);
    return Object.freeze([...new Set(given)]);
  };
}

export const dataTypes: SettingType<readonly string[]> = (value) => {
  const expectation = "names ([a-z][a-z0-9_]{0,31}; not upload, download, status, events)";
  const names = list(isDataTypeName, expectation)(value);
  if (names.length === 0) throw new Error("must name at least one data type");
  return names;
};

export const addresses = list(isAddressOrNetwork, "IP addresses or networks (10.0.0.0/8)");

export const origins = list(isOrigin, "origins as a browser sends them (https://app.example.com, without a path)");

export const schedule: SettingType<string> = (value) => {
  try {
    new Cron(value, { paused: true }).stop();
    return value;
  } catch {
    throw new Error('must be a cron expression, such as "17 * * * *"');
  }
};

function isAddressOrNetwork(value: string): boolean {
  const [address, prefix, ...rest] = value.split("/");
  const family = isIP(address ?? "");
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d+$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}

/** Not by `new URL().origin`, which is "null" for a desktop app's own scheme (tauri://localhost). */
function isOrigin(value: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*]+$/.test(value);
}
