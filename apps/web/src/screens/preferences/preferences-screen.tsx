import { type Preference, preferenceValues } from "@owlivion/sync-client";
import { Notice, Switch, useCollection, useSync } from "@owlivion/sync-react";
import { useId, useState } from "react";
import { chooseScheme, readScheme, schemes } from "../../appearance/scheme.ts";
import { useErrorText } from "../../i18n/error-text.ts";
import { locales } from "../../i18n/locale.ts";
import { useText } from "../../i18n/text-provider.tsx";
import { Screen } from "../../shell/screen.tsx";

/** What the mail app asks for; what nobody chose has no record. */
const defaults = {
  "notifications.enabled": true,
  "composer.format": "html",
  "list.density": "comfortable",
  "mail.loadRemoteImages": false,
};
const formats = ["html", "text"] as const;
const densities = ["comfortable", "compact"] as const;

export default function PreferencesScreen() {
  const { text, chosen, choose } = useText();
  const errorText = useErrorText();
  const sync = useSync();
  const { value: records } = useCollection<Preference>("preferences");
  const [scheme, setScheme] = useState(readScheme);
  const [problem, setProblem] = useState<string | null>(null);
  const values = preferenceValues(defaults, records ?? []);
  const put = (key: keyof typeof defaults, value: string | boolean): void => {
    sync
      .collection<Preference>("preferences")
      .put({ key, value })
      .then(
        () => setProblem(null),
        (error: unknown) => setProblem(errorText(error)),
      );
  };
  return (
    <Screen title={text("screen.preferences")}>
      {problem === null ? null : <Notice tone="danger">{problem}</Notice>}
      <section className="panel owl-stack" aria-labelledby="synced">
        <h2 id="synced" className="owl-title">
          {text("preferences.synced")}
        </h2>
        <p className="owl-muted">{text("preferences.syncedLead")}</p>
        <Toggle
          label={text("preferences.notifications")}
          isOn={values["notifications.enabled"] === true}
          onChange={(isOn) => put("notifications.enabled", isOn)}
        />
        <Toggle
          label={text("preferences.remoteImages")}
          isOn={values["mail.loadRemoteImages"] === true}
          onChange={(isOn) => put("mail.loadRemoteImages", isOn)}
        />
        <Choice
          label={text("preferences.format")}
          value={String(values["composer.format"])}
          options={formats.map((value) => ({ value, label: text(`preferences.format.${value}`) }))}
          onChange={(value) => put("composer.format", value)}
        />
        <Choice
          label={text("preferences.density")}
          value={String(values["list.density"])}
          options={densities.map((value) => ({ value, label: text(`preferences.density.${value}`) }))}
          onChange={(value) => put("list.density", value)}
        />
      </section>
      <section className="panel owl-stack" aria-labelledby="here">
        <h2 id="here" className="owl-title">
          {text("preferences.here")}
        </h2>
        <p className="owl-muted">{text("preferences.hereLead")}</p>
        <Choice
          label={text("preferences.language")}
          value={chosen}
          options={locales.map((value) => ({
            value,
            label: new Intl.DisplayNames([value], { type: "language" }).of(value) ?? value,
          }))}
          onChange={(value) => choose(locales.find((locale) => locale === value) ?? "en")}
        />
        <Choice
          label={text("preferences.scheme")}
          value={scheme}
          options={schemes.map((value) => ({ value, label: text(`preferences.scheme.${value}`) }))}
          onChange={(value) => {
            const next = schemes.find((each) => each === value) ?? "system";
            chooseScheme(next);
            setScheme(next);
          }}
        />
      </section>
    </Screen>
  );
}

function Toggle({ label, isOn, onChange }: { label: string; isOn: boolean; onChange: (isOn: boolean) => void }) {
  const id = useId();
  return (
    <div className="owl-row owl-row--between">
      <span id={id}>{label}</span>
      <Switch isOn={isOn} onChange={onChange} labelledBy={id} />
    </div>
  );
}

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <div className="owl-row owl-row--between">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        className="owl-input owl-input--short"
        value={value}
        onChange={({ target }) => onChange(target.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}
