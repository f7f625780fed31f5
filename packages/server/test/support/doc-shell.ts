import { execFileSync } from "node:child_process";

/** A curl command of a page, as the request it makes. */
interface CurlRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: [string, string][];
  readonly body: string | null;
}

/**
 * Runs the commands of a `sh` block with neither shell nor curl: curl lines, also into `node -p '…'`, and
 * `NAME=value` or `NAME=$(…)`. Whatever else a block holds is a mistake here. Answers the last reply.
 */
export async function runCurlBlock(block: string, base: string, variables: Map<string, string>): Promise<Response> {
  let last: Response | null = null;
  for (const line of block.replaceAll(/\\\n\s*/g, "").split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const assignment = /^([A-Z_]+)=(.*)$/.exec(line);
    const inner = /^\$\((.*)\)$/.exec(assignment?.[2] ?? "")?.[1];
    if (assignment !== null && inner === undefined) {
      variables.set(assignment[1]!, splitWords(assignment[2]!, variables)[0] ?? "");
      continue;
    }
    const [curl = "", filter] = (inner ?? line).split(" | ");
    last = await send(readCurl(splitWords(curl, variables)), base);
    if (!last.ok) throw new Error(`${curl} answered ${last.status}: ${await last.text()}`);
    if (assignment !== null) variables.set(assignment[1]!, runFilter(filter, await last.text(), variables));
  }
  if (last === null) throw new Error("the block calls nothing");
  return last;
}

function send({ url, method, headers, body }: CurlRequest, base: string): Promise<Response> {
  return fetch(url.replace(/^(http:\/\/)?localhost:3000/, base), { method, headers, body });
}

function readCurl(words: readonly string[]): CurlRequest {
  if (words[0] !== "curl") throw new Error(`not a curl command: ${words.join(" ")}`);
  const request = { url: "", method: "", headers: [] as [string, string][], body: null as string | null };
  for (let i = 1; i < words.length; i += 1) {
    const word = words[i]!;
    if (word === "-s") continue;
    else if (word === "-X") request.method = words[(i += 1)]!;
    else if (word === "-d") request.body = words[(i += 1)]!;
    else if (word === "-H") {
      const [name = "", value = ""] = words[(i += 1)]!.split(/: */, 2);
      request.headers.push([name, value]);
    } else if (word.startsWith("-") || request.url !== "") throw new Error(`curl's ${word} is not understood here`);
    else request.url = word;
  }
  return { ...request, method: request.method || (request.body === null ? "GET" : "POST") };
}

function runFilter(filter: string | undefined, input: string, variables: Map<string, string>): string {
  const [node, option, program] = splitWords(filter ?? "", variables);
  if (node !== "node" || option !== "-p" || program === undefined) throw new Error(`not understood: ${filter}`);
  return execFileSync(process.execPath, ["-p", program], { input, encoding: "utf8" }).trim();
}

/** Words as a shell makes them of quotes and `$NAME`. */
function splitWords(text: string, variables: Map<string, string>): string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|[^\s'"])+/g)) {
    words.push(
      word.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|[^'"]+/g, (whole, single?: string, double?: string) => {
        if (single !== undefined) return single;
        const value = (double ?? whole).replaceAll(/\$([A-Z_]+)/g, (_name, name: string) => {
          const found = variables.get(name);
          if (found === undefined) throw new Error(`$${name} was never set`);
          return found;
        });
        return double === undefined ? value : value.replaceAll(/\\(.)/g, "$1");
      }),
    );
  }
  return words;
}
