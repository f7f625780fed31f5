import type { Environment } from "./environment.ts";
import { describeTypo, findLikelyTypos } from "./likely-typos.ts";
import { type SettingGroup, type VisitSetting, visitSettings } from "./settings.ts";

export type DescribedSetting = {
  group: SettingGroup;
  name: string;
  /** As it would be written, secrets masked; empty when unset. */
  value: string;
  default: string;
  source: ReturnType<Environment["sourceOf"]>;
  description: string;
};

/** The effective value of every setting and its source, for the operator. */
export function describeConfig(environment: Pick<Environment, "values" | "sourceOf">): DescribedSetting[] {
  const described: DescribedSetting[] = [];
  const describe: VisitSetting = (group, setting) => {
    const text = environment.values[setting.name] || setting.default;
    described.push({
      group,
      name: setting.name,
      value: setting.isSecret === true ? mask(text) : text,
      default: setting.default,
      source: environment.sourceOf(setting.name),
      description: setting.description,
    });
    return setting.type(setting.default);
  };
  visitSettings(describe);
  return described;
}

/** A sentence for each name in `.env` that was probably meant to be a setting. */
export function warnOfTypos(environment: Environment): string[] {
  const known = describeConfig(environment).map(({ name }) => name);
  return findLikelyTypos(environment.namesInFile, known).map(describeTypo);
}

/** Every setting as a comment with its default, to copy to `.env` and change. */
export function renderEnvExample(): string {
  const header =
    "# Copy to .env and change what you need. The environment wins over this file. An empty value is unset.\n";
  let group: string | undefined;
  const lines = describeConfig({ values: {}, sourceOf: () => "default" }).flatMap((setting) => {
    const heading = setting.group === group ? [] : ["", `# --- ${setting.group} ---`];
    group = setting.group;
    return [...heading, "", `# ${setting.description}.`, `# ${setting.name}=${setting.default}`];
  });
  return `${header}${lines.join("\n")}\n`;
}

/** A URL keeps what helps to recognise it; its password and parameters do not. */
function mask(text: string): string {
  if (text === "") return "";
  if (!URL.canParse(text)) return "********";
  const { protocol, username, host, pathname } = new URL(text);
  return `${protocol}//${username === "" ? "" : `${username}:********@`}${host}${pathname}`;
}
