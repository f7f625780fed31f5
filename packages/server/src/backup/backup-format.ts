import Type, { type Static } from "typebox";
import { Check } from "typebox/value";
import { OperatorError } from "../operator-error.ts";

/**
 * A backup is gzip of these lines:
 *
 *     {"format":"owlivion-sync backup", …}    the header
 *     <row>                                   for each table of the header, in its order: the rows as COPY's text format
 *     …                                       has them, columns in the header's order,
 *     \.                                      and the end of the table
 *     {"sha256":"…"}                          of every byte before this line: what is cut off or changed is noticed
 *
 * Text, so that any PostgreSQL reads what any other has written.
 */
export const backupFormat = "owlivion-sync backup";
export const backupFormatVersion = 1;
export const endOfTable = "\\.\n";

const name = Type.String({ pattern: "^[a-z_][a-z0-9_]{0,62}$" });
const count = Type.Integer({ minimum: 0 });

export const BackupHeader = Type.Object({
  format: Type.Literal(backupFormat),
  formatVersion: count,
  createdAt: Type.String(),
  postgresVersion: Type.String(),
  migrations: Type.Array(Type.Object({ version: count, name: Type.String(), checksum: Type.String() })),
  tables: Type.Array(Type.Object({ name, columns: Type.Array(name), rows: count })),
});
export type BackupHeader = Static<typeof BackupHeader>;
export type BackupTable = BackupHeader["tables"][number];

const Trailer = Type.Object({ sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }) });

export function parseHeader(line: string): BackupHeader {
  const header = parseLine(line);
  if (!Check(BackupHeader, header)) throw new OperatorError("This is not a backup of Owlivion Sync.");
  if (header.formatVersion > backupFormatVersion) {
    throw new OperatorError(
      `The backup has format ${header.formatVersion}, and this release reads formats up to ${backupFormatVersion}. ` +
        "Restore it with the release that made it, or a later one.",
    );
  }
  return header;
}

export function parseTrailer(line: string): string {
  const trailer = parseLine(line);
  if (!Check(Trailer, trailer)) throw new OperatorError("The backup is damaged: its end is missing.");
  return trailer.sha256;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
