import type { RecordFields, StoredRecord } from "@owlivion/sync-client";
import { type Command, InvalidArgumentError } from "commander";
import { isDeepStrictEqual } from "node:util";
import { withSync } from "../device/with-sync.ts";
import { globalsOf, readCount } from "../globals.ts";
import { idFirst, recordTitle } from "../device/record-text.ts";
import { plainText } from "../terminal/print.ts";
import { writeStandardOutput } from "../terminal/standard-output.ts";

interface Options {
  readonly where: readonly (readonly [string, unknown])[];
  readonly orderBy?: string;
  readonly limit?: number;
}

type Found = StoredRecord<RecordFields>;

export function addList(program: Command): void {
  program
    .command("list")
    .description("list the records of a data type, as they are here")
    .argument("<type>", "contacts, accounts, preferences, signatures, or what else the server is configured for")
    .option("--where <field=value>", "only those with this value; may be given again", readWhere, [])
    .option("--order-by <field>", "in the order of this field, instead of the ids'")
    .option("--limit <count>", "at most so many", readCount)
    .addHelpText(
      "after",
      `
A value is JSON, or else text.

Examples:
  owlivion list contacts --dir ./b --json
  owlivion list contacts --where company=Owlivion --where favourite=true --order-by name

JSON: one array of {id, …fields}`,
    )
    .action(async (type: string, options: Options, command: Command) => {
      await withSync(globalsOf(command), { dataType: type }, async ({ sync, isJson }) => {
        const collection = sync.collection(type);
        const { orderBy } = options;
        const records = orderBy === undefined ? collection.iterate() : await collection.list({ orderBy });
        const shown = select(records, options);
        await (isJson ? writeJson(shown) : writeLines(type, shown));
      });
    });
}

function readWhere(text: string, before: Options["where"]): Options["where"] {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be FIELD=VALUE.");
  return [...before, [text.slice(0, at), readValue(text.slice(at + 1))]];
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

async function* select(
  records: AsyncIterable<Found> | Iterable<Found>,
  { where, limit = Infinity }: Options,
): AsyncGenerator<Found> {
  let left = limit;
  for await (const record of records) {
    const fields: Readonly<Record<string, unknown>> = record;
    // `00123` is a number as JSON, and may well be a text in the record.
    const fits = where.every(
      ([field, value]) =>
        isDeepStrictEqual(fields[field], value) ||
        (typeof fields[field] === "string" && fields[field] === String(value)),
    );
    if (!fits) continue;
    yield record;
    left -= 1;
    if (left === 0) return;
  }
}

/** Record by record: an array of a hundred thousand needs no more memory than one of ten. */
async function writeJson(records: AsyncIterable<Found>): Promise<void> {
  let text = "[";
  let separator = "\n";
  for await (const record of records) {
    text += `${separator}  ${JSON.stringify(idFirst(record))}`;
    separator = ",\n";
    if (text.length < 64 * 1024) continue;
    if (!(await writeStandardOutput(text))) return;
    text = "";
  }
  await writeStandardOutput(`${text}${separator === "\n" ? "" : "\n"}]\n`);
}

async function writeLines(type: string, records: AsyncIterable<Found>): Promise<void> {
  for await (const record of records) {
    if (!(await writeStandardOutput(`${plainText(record.id)}  ${plainText(recordTitle(type, record))}\n`))) return;
  }
}
