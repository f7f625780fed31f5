import { OperatorError } from "../operator-error.ts";
import { type VisitSetting, visitSettings } from "./settings.ts";

/** The settings of a server, read once and passed down. */
export type Config = Readonly<ReturnType<typeof visitSettings>>;

/** Reads every setting and throws one error that names all that are wrong. */
export function loadConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const problems: string[] = [];
  const read: VisitSetting = (_group, setting) => {
    try {
      return setting.type(env[setting.name] || setting.default);
    } catch (error) {
      problems.push(`${setting.name} ${error instanceof Error ? error.message : String(error)}`);
      return setting.type(setting.default);
    }
  };
  const config = visitSettings(read);
  if (config.batchDays <= config.tombstoneDays) problems.push("BATCH_DAYS must be greater than TOMBSTONE_DAYS");
  // A record's history is found from what stands of it: its current change or its tombstone.
  if (config.historyDays > config.tombstoneDays) problems.push("HISTORY_DAYS must not be greater than TOMBSTONE_DAYS");
  if (problems.length > 0) {
    throw new OperatorError(`These settings are wrong:\n${problems.map((problem) => `  ${problem}`).join("\n")}`, {
      exitCode: 2,
    });
  }
  return Object.freeze(config);
}
