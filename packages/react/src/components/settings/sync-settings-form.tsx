import type { Statistics, SyncSettings } from "@owlivion/sync-client";
import { useId } from "react";
import { useAction } from "../../hooks/use-action.ts";
import { useWords } from "../../i18n/language-provider.tsx";
import { type Names, useNames } from "../../i18n/use-names.ts";
import { ErrorNotice } from "../../primitives/error-notice.tsx";
import { Switch } from "../../primitives/switch.tsx";

export interface SyncSettingsFormProps {
  readonly settings: SyncSettings;
  readonly dataTypes: readonly string[];
  readonly onChange: (changes: Partial<SyncSettings>) => Promise<void>;
  /** Shown beside each data type. */
  readonly statistics?: Statistics;
  readonly names?: Names;
}

const minuteMs = 60_000;
const intervals = [minuteMs, 5 * minuteMs, 15 * minuteMs, 60 * minuteMs];

/** What this device syncs, and how often. Each change is taken at once. */
export function SyncSettingsForm({ settings, dataTypes, onChange, statistics, names }: SyncSettingsFormProps) {
  const words = useWords();
  const { text } = words;
  const own = useNames();
  const { typeName } = names ?? own;
  const id = useId();
  const { run, error } = useAction(onChange);
  const options = intervals.includes(settings.pollMs) ? intervals : [settings.pollMs, ...intervals];
  const setPaused = (dataType: string, isPaused: boolean) =>
    run({
      pausedDataTypes: isPaused
        ? [...settings.pausedDataTypes, dataType]
        : settings.pausedDataTypes.filter((each) => each !== dataType),
    });
  return (
    <div className="owl-scope owl-stack">
      <section className="owl-stack owl-stack--tight" aria-labelledby={`${id}-types`}>
        <h3 id={`${id}-types`} className="owl-title">
          {text("settings.types")}
        </h3>
        <p className="owl-small owl-muted">{text("settings.typesHint")}</p>
        <ul className="owl-list">
          {dataTypes.map((dataType) => {
            const counted = statistics?.dataTypes.find((each) => each.dataType === dataType);
            const isPaused = settings.pausedDataTypes.includes(dataType);
            return (
              <li key={dataType} className="owl-list__item owl-setting">
                <div>
                  <div id={`${id}-${dataType}`} className="owl-setting__name">
                    {typeName(dataType)}
                  </div>
                  <div id={`${id}-${dataType}-hint`} className="owl-small owl-muted">
                    {isPaused
                      ? text("settings.paused")
                      : counted === undefined
                        ? null
                        : `${text("count.records", { count: counted.records })} · ${text("settings.traffic", {
                            sent: words.bytes(counted.sentBytes),
                            received: words.bytes(counted.receivedBytes),
                          })}`}
                  </div>
                </div>
                <Switch
                  isOn={!isPaused}
                  labelledBy={`${id}-${dataType}`}
                  describedBy={`${id}-${dataType}-hint`}
                  onChange={(isOn) => void setPaused(dataType, !isOn)}
                />
              </li>
            );
          })}
        </ul>
      </section>
      <section className="owl-stack owl-stack--tight" aria-labelledby={`${id}-when`}>
        <h3 id={`${id}-when`} className="owl-title">
          {text("settings.when")}
        </h3>
        <div className="owl-list__item owl-setting">
          <div>
            <div id={`${id}-live`} className="owl-setting__name">
              {text("settings.live")}
            </div>
            <div id={`${id}-live-hint`} className="owl-small owl-muted">
              {text("settings.liveHint")}
            </div>
          </div>
          <Switch
            isOn={settings.isLive}
            labelledBy={`${id}-live`}
            describedBy={`${id}-live-hint`}
            onChange={(isLive) => void run({ isLive })}
          />
        </div>
        <label className="owl-field">
          <span className="owl-field__label">
            {text(settings.isLive ? "settings.intervalLive" : "settings.interval")}
          </span>
          <select
            className="owl-input"
            value={settings.pollMs}
            onChange={(event) => void run({ pollMs: Number(event.target.value) })}
          >
            {options.map((ms) => (
              <option key={ms} value={ms}>
                {ms < minuteMs
                  ? text("settings.seconds", { count: Math.round(ms / 1000) })
                  : text("settings.minutes", { count: Math.round(ms / minuteMs) })}
              </option>
            ))}
          </select>
        </label>
      </section>
      <ErrorNotice error={error} />
    </div>
  );
}
