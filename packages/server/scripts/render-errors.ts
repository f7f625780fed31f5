import { changeErrorTable, errorTable, type ErrorEntry, type RetryClass } from "@owlivion/sync-protocol";

const retryClasses: Record<RetryClass, string> = {
  fix: "The request is wrong; the same request fails again.",
  reauth: "Get a new access token, or ask for the password; then send again.",
  retry: "Send the same bytes again later: after `Retry-After`, else with growing, jittered delays.",
  split: "Send less at once.",
  resync: "Follow the cursor rules: adopt the epoch, or download anew.",
  merge: "Somebody else was faster: read, merge, send a new request.",
  person: "Only a person can help: the account's owner or the operator.",
};

/** docs/errors.md, from the tables of `protocol`. */
export function renderErrors(): string {
  const entries = Object.entries<ErrorEntry>(errorTable);
  return `# Errors

Generated from \`packages/protocol/src/errors.ts\` by \`npm run docs:generate\`.

Every reply that is not a success is JSON, whatever was asked for:

\`\`\`json
{ "success": false, "error": "for a person; may change", "code": "STABLE_CODE", "details": "depends on the code" }
\`\`\`

The retry class says what a client does with it:

${table(["class", "what to do"], Object.entries(retryClasses))}

## Codes

${table(
  ["status", "code", "class", "meaning"],
  entries.map(([code, entry]) => [String(entry.status), `\`${code}\``, entry.retry, entry.meaning]),
)}

## What is wrong with a change

\`INVALID_CHANGES\` lists them in \`details\`, as \`{index, code}\`; nothing of the batch was applied.

${table(
  ["code", "meaning"],
  Object.entries(changeErrorTable).map(([code, meaning]) => [`\`${code}\``, meaning]),
)}
`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
