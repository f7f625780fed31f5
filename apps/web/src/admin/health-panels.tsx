import type { AdminCleanup, AdminEpoch, AdminFinding } from "@owlivion/sync-protocol";
import { count, Figures, moment, Panel, Table } from "./panel.tsx";
import { useAdmin } from "./use-admin.ts";

const everyMs = 60_000;

/** Doctor, retention and epochs. */
export function HealthPanels() {
  const doctor = useAdmin<{ findings: AdminFinding[] }>("doctor", everyMs);
  const cleanup = useAdmin<AdminCleanup>("cleanup", everyMs);
  const epochs = useAdmin<{ epochs: AdminEpoch[] }>("epochs", everyMs);
  const report = cleanup.value?.report ?? null;
  const removed = Object.entries(report?.rows ?? {}).filter(([, rows]) => rows > 0);
  return (
    <div className="admin__pair">
      <Panel title="Doctor" error={doctor.error}>
        <ul className="findings">
          {doctor.value?.findings.map(({ level, check, message }, i) => (
            <li key={`${check} ${i}`}>
              <span className={`tag tag--${level}`}>{level}</span>
              <span>
                <strong>{check}</strong> {message}
              </span>
            </li>
          ))}
        </ul>
      </Panel>
      <Panel title="Cleanup" error={cleanup.error}>
        <Figures
          figures={[
            ["Last run", moment(cleanup.value?.last_run_at ?? null)],
            ["Outcome", report?.outcome ?? "–"],
            ["Took", report === null ? "–" : `${count(report.duration_ms)} ms`],
            ["Schedule", <code key="schedule">{cleanup.value?.schedule}</code>],
          ]}
        />
        {report?.message == null ? null : <p>{report.message}</p>}
        {cleanup.value?.suspect_since == null ? null : (
          <p>The clock jumped: suspended since {moment(cleanup.value.suspect_since)}.</p>
        )}
        <p className="owl-muted">
          {removed.length === 0
            ? "It removed nothing."
            : `Removed: ${removed.map(([kind, rows]) => `${count(rows)} ${kind}`).join(", ")}.`}
        </p>
        <h3 className="owl-small">Epochs</h3>
        <Table
          label="Epochs"
          rows={epochs.value?.epochs ?? []}
          keyOf={({ epoch }) => epoch}
          empty="There is none."
          columns={[
            { name: "Began", of: ({ began_at }) => moment(began_at) },
            { name: "Why", of: ({ reason }) => reason },
            { name: "Epoch", of: ({ epoch }) => <code>{epoch.slice(0, 8)}</code> },
          ]}
        />
      </Panel>
    </div>
  );
}
