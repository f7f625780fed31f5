import type { IntegrityAlarm, IntegrityDifference } from "@owlivion/sync-client";
import { useState } from "react";
import { useAction } from "../../hooks/use-action.ts";
import { useWords } from "../../i18n/language-provider.tsx";
import { type Names, useNames } from "../../i18n/use-names.ts";
import { Button } from "../../primitives/button.tsx";
import { AlertDialog } from "../../primitives/dialog.tsx";
import { ErrorNotice } from "../../primitives/error-notice.tsx";
import { Notice } from "../../primitives/notice.tsx";

export interface IntegrityAlarmCardProps {
  readonly alarm: IntegrityAlarm;
  /** Reads what the server has once more; changes nothing. */
  readonly onExamine: (dataType: string) => Promise<IntegrityDifference>;
  readonly onTrustThisDevice: (dataType: string) => Promise<void>;
  readonly onTakeServers: (dataType: string) => Promise<void>;
  readonly names?: Names;
}

/** The server contradicts this device: what that means, where they differ, and the two ways out. Neither loses anything. */
export function IntegrityAlarmCard(props: IntegrityAlarmCardProps) {
  const { alarm, names } = props;
  const { text, has } = useWords();
  const own = useNames();
  const type = (names ?? own).typeName(alarm.dataType);
  const [difference, setDifference] = useState<IntegrityDifference | null>(null);
  const [asked, setAsked] = useState<"trust" | "take" | null>(null);
  const examine = useAction(async () => setDifference(await props.onExamine(alarm.dataType)));
  const decide = useAction(async (way: "trust" | "take") => {
    await (way === "trust" ? props.onTrustThisDevice : props.onTakeServers)(alarm.dataType);
    setAsked(null);
  });
  const problem = `integrity.problem.${alarm.problem}`;
  return (
    <section className="owl-scope owl-card owl-card--danger owl-stack" aria-label={text("integrity.title", { type })}>
      <h3 className="owl-title">{text("integrity.title", { type })}</h3>
      <p>{has(problem) ? text(problem as "integrity.problem.proof_mismatch") : text("integrity.problem.other")}</p>
      <p className="owl-muted">{text("integrity.meaning")}</p>
      {difference === null ? null : (
        <Notice tone="info" isLive>
          <p>
            {text("integrity.difference", {
              missing: difference.missing.length,
              different: difference.different.length,
              extra: difference.extra.length,
              resurrected: difference.resurrected.length,
            })}
          </p>
        </Notice>
      )}
      <ErrorNotice error={examine.error} />
      <div className="owl-row">
        <Button disabled={examine.isRunning} onClick={() => void examine.run()}>
          {text(examine.isRunning ? "common.working" : "integrity.examine")}
        </Button>
        <Button onClick={() => setAsked("trust")}>{text("integrity.trust")}</Button>
        <Button onClick={() => setAsked("take")}>{text("integrity.take")}</Button>
      </div>
      <AlertDialog
        isOpen={asked !== null}
        onClose={() => setAsked(null)}
        title={text(asked === "take" ? "integrity.take" : "integrity.trust")}
        description={text(asked === "take" ? "integrity.takeHint" : "integrity.trustHint")}
        actions={
          <Button look="primary" disabled={decide.isRunning} onClick={() => void (asked !== null && decide.run(asked))}>
            {text(decide.isRunning ? "common.working" : asked === "take" ? "integrity.take" : "integrity.trust")}
          </Button>
        }
      >
        <ErrorNotice error={decide.error} />
      </AlertDialog>
    </section>
  );
}
