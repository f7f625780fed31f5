import type { Command } from "commander";
import { randomBytes, randomUUID } from "node:crypto";
import { text } from "node:stream/consumers";
import { Email, limits, normalizeEmail } from "@owlivion/sync-protocol";
import { Check } from "typebox/value";
import { insertUser } from "../db/accounts/insert-user.ts";
import { createSecretHasher } from "../auth/secret-hasher.ts";
import { withTransaction } from "../db/pool.ts";
import { OperatorError } from "../operator-error.ts";
import { printJson } from "./print.ts";
import { withMigrated } from "./with-migrated.ts";

type Options = { passwordStdin?: true; json?: true };

export function addUserCreate(user: Command): void {
  user
    .command("create")
    .description("make a plain account, whatever REGISTRATION says")
    .argument("<email>")
    .option("--password-stdin", "read the password from standard input; otherwise one is made and printed")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      `
A plain account signs in with its password itself, as the desktop app and curl do. A sealed account, whose keys the
server never sees, can only be made by the person's own app: invite them instead.`,
    )
    .action(async (email: string, options: Options) => {
      if (!Check(Email, email)) throw new OperatorError(`${email} is no e-mail address.`, { exitCode: 2 });
      const given = options.passwordStdin === true ? await readPassword() : undefined;
      const password = given ?? randomBytes(15).toString("base64url");
      const created = { id: randomUUID(), email: normalizeEmail(email) };
      await createAccount(created, password);
      const shown = given === undefined ? { ...created, password } : created;
      if (options.json === true) printJson(shown);
      else for (const [name, value] of Object.entries(shown)) process.stdout.write(`${name}: ${value}\n`);
    });
}

async function createAccount({ id, email }: { id: string; email: string }, password: string): Promise<void> {
  const hasher = await createSecretHasher(1);
  const secretHash = await hasher.hash(password);
  await withMigrated(({ pool }) =>
    withTransaction(pool, async (client) => {
      const account = { secretHash, recoveryHash: null, sealing: null };
      if (!(await insertUser(client, id, email, account)))
        throw new OperatorError(`There is an account ${email} already.`);
    }),
  );
}

/** One line end at its end is not part of it, as `echo` adds one. */
async function readPassword(): Promise<string> {
  const password = (await text(process.stdin)).replace(/\r?\n$/, "");
  const bytes = Buffer.byteLength(password);
  if (bytes >= limits.minSecretBytes && bytes <= limits.maxSecretBytes) return password;
  throw new OperatorError(`The password must have ${limits.minSecretBytes} to ${limits.maxSecretBytes} bytes.`, {
    exitCode: 2,
  });
}
