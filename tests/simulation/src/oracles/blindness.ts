import type { SimRequest } from "../server/sim-server.ts";
import { canary } from "../world/person.ts";
import { demand } from "./violation.ts";

const forms = formsOf(canary);

/** E-I1: what persons write, choose as keys and know by heart never goes over the wire as it is. */
export class BlindnessOracle {
  sent({ method, path, headers, body }: SimRequest): void {
    for (const form of forms) {
      const isThere =
        path.includes(form) ||
        (body !== null && Buffer.from(body.buffer, body.byteOffset, body.length).includes(form, 0, "latin1"));
      demand(!isThere, "E-I1", () => `${method} ${path} tells a canary`);
      for (const name in headers)
        demand(!headers[name]!.includes(form), "E-I1", () => `${name} of ${path} tells a canary`);
    }
  }
}

/** As it is, in UTF-16, in hexadecimal and in base64, wherever it begins. */
function formsOf(text: string): string[] {
  const bytes = Buffer.from(text);
  const wide = Buffer.from(text, "utf16le");
  const base64 = [bytes, wide].flatMap((each) =>
    [0, 1, 2].map((shift) =>
      Buffer.concat([Buffer.alloc(shift), each])
        .toString("base64")
        .slice(shift === 0 ? 0 : shift === 1 ? 2 : 3, -4),
    ),
  );
  return [text, bytes.toString("hex"), wide.toString("latin1"), ...base64].filter((form) => form.length >= 4);
}
