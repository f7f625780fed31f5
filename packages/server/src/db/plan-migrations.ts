import type { Migration } from "./migration-files.ts";

/** A row of `schema_migrations`. */
export type AppliedMigration = { version: number; name: string; checksum: string };

export type MigrationPlan = { kind: "run"; pending: Migration[] } | { kind: "refuse"; reason: string };

/** What has to run, in order; or why this code must not touch this database. */
export function planMigrations(applied: AppliedMigration[], available: Migration[]): MigrationPlan {
  const newest = available.at(-1)?.version ?? 0;
  const availableByVersion = new Map(available.map((migration) => [migration.version, migration]));
  for (const { version, name, checksum } of applied) {
    const ours = availableByVersion.get(version);
    if (version > newest) {
      return refuse(
        `The database is newer than this release: it has migration ${name}, and this release ends at number ${newest}. ` +
          "Start the release that migrated it, or a later one.",
      );
    }
    if (ours === undefined || ours.name !== name) {
      return refuse(
        `The database has migration ${name}, which this release has not (${ours?.name ?? "nothing"} stands there). ` +
          "It was migrated by another branch or program.",
      );
    }
    if (ours.checksum !== checksum) {
      return refuse(
        `Migration ${name} has been changed since it was applied to this database. ` +
          "Bring back the file as it was released; changes belong in a new migration.",
      );
    }
  }
  const appliedVersions = new Set(applied.map(({ version }) => version));
  const last = Math.max(0, ...appliedVersions);
  const skipped = available.find(({ version }) => version < last && !appliedVersions.has(version));
  if (skipped !== undefined) {
    return refuse(`Migration ${skipped.name} was never applied to this database, but a later one was.`);
  }
  return { kind: "run", pending: available.filter(({ version }) => version > last) };
}

function refuse(reason: string): MigrationPlan {
  return { kind: "refuse", reason };
}
