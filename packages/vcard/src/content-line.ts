import type { VcardProperty } from "@owlivion/sync-client/data-types";
import ICAL from "ical.js";
import { foldLine } from "./fold-line.ts";

/** For ical.js: no value has a type, so that each comes and goes as it is written; nor has a parameter when it is read. */
const raw = () => ({ value: bare(), param: bare(), property: bare(), propertyGroups: false });
const bare = (): object => Object.create(null) as object;
const rawValues = raw();
const listParams = { ...raw(), param: Object.assign(bare(), { type: { multiValue: "," }, pid: { multiValue: "," } }) };

type RawProperty<Param> = [name: string, params: Record<string, Param>, valueType: string, value: string];

/** Takes an unfolded line apart. Throws when it is none. */
export function parseContentLine(line: string): VcardProperty {
  const head = /^([^:;]*)[:;]/.exec(line)?.[1]?.trim() ?? "";
  const [group, name] = splitName(head);
  const [, rawParams, valueType, value] = ICAL.parse.property(
    `${name}${line.slice(head.length)}`,
    rawValues,
  ) as RawProperty<string>;
  const params: Record<string, readonly string[]> = {};
  for (const [param, text] of Object.entries(rawParams)) {
    const values = readParam(param, text);
    if (values.length > 0) params[param.toUpperCase()] = values;
  }
  if (valueType !== "unknown") params["VALUE"] = [valueType];
  return {
    ...(group === null ? {} : { group }),
    name,
    ...(Object.keys(params).length === 0 ? {} : { params }),
    value,
  };
}

/** The line of a property, folded and ended. */
export function writeContentLine({ group, name, params = {}, value }: VcardProperty): string {
  const rawParams: Record<string, string | string[]> = {};
  for (const [param, values] of Object.entries(params)) {
    rawParams[param.toLowerCase()] = writeParam(param, values);
  }
  const property: RawProperty<string | string[]> = [
    name.toLowerCase(),
    rawParams,
    "unknown",
    value.replaceAll(/[\r\n]+/g, "\\n"),
  ];
  const line = ICAL.stringify.property(property, listParams, true);
  // Names have no case, but some programs look for this one as Apple writes it.
  const cased = name === "X-ABLABEL" ? line.replace(name, "X-ABLabel") : line;
  return foldLine(group === undefined ? cased : `${group}.${cased}`);
}

function splitName(head: string): [group: string | null, name: string] {
  const match = /^(?:([A-Za-z0-9-]+)\.)?([A-Za-z0-9_-]+)$/.exec(head);
  if (match === null) throw new Error(head === "" ? "a line without a name" : `"${head}" is no name of a property`);
  return [match[1] ?? null, match[2]!.toUpperCase()];
}

const isList = (param: string): boolean => param.toLowerCase() === "type" || param.toLowerCase() === "pid";

/** A list may be quoted as a whole. */
const readParam = (param: string, text: string): readonly string[] => {
  if (!isList(param)) return [text];
  const items = text.split(",").map((item) => item.trim());
  return items.filter((item) => item !== "");
};

/** Quoted as a whole where it must be quoted. */
const writeParam = (param: string, values: readonly string[]): string | string[] =>
  isList(param) && values.every((value) => /^[\w-]+$/.test(value)) ? [...values] : values.join(",");
