import type { Command } from "commander";
import { withSync } from "../device/with-sync.ts";
import { globalsOf, readPath } from "../globals.ts";
import { askNewPassword } from "../terminal/ask-password.ts";
import { writeOutput } from "../terminal/output-file.ts";
import { printJson, printNote } from "../terminal/print.ts";

interface Options {
  readonly type?: readonly string[];
  readonly seal?: true;
}

export function addExport(program: Command): void {
  program
    .command("export")
    .description("write everything that is here to a file, readable or sealed with a password")
    .argument("<file>", "the file, closed to other users; - is standard output", readPath)
    .option("--type <type...>", "only these data types")
    .option("--seal", "seal it with a password: typed, or from OWLIVION_EXPORT_PASSWORD")
    .addHelpText(
      "after",
      `
Without --seal it is readable text, NDJSON. A file that is there stays as FILE~. "owlivion import" reads both.

Example:
  owlivion export backup.ndjson --dir ./a

JSON: {file, bytes, sealed}; nothing with -`,
    )
    .action(async (file: string, { type, seal }: Options, command: Command) => {
      await withSync(globalsOf(command), {}, async ({ sync, isJson }) => {
        const password = seal === true ? await askNewPassword("OWLIVION_EXPORT_PASSWORD") : undefined;
        let bytes = 0;
        const chunks = sync.exportData({
          ...(type === undefined ? {} : { dataTypes: type }),
          ...(password === undefined ? {} : { password }),
        });
        await writeOutput(
          file,
          counted(chunks, (chunk) => (bytes += Buffer.byteLength(chunk))),
        );
        if (file === "-") return;
        if (isJson) printJson({ file, bytes, sealed: seal === true });
        else printNote(`Wrote ${file}.`);
      });
    });
}

async function* counted(chunks: AsyncIterable<string>, onChunk: (chunk: string) => void): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    onChunk(chunk);
    yield chunk;
  }
}
