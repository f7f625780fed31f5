import { readFileSync } from "node:fs";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

type Responses = Readonly<Record<string, { content?: Record<string, { schema: object }> }>>;

interface Operation {
  readonly name: string;
  readonly method: string;
  readonly parts: readonly string[];
  readonly responses: Responses;
}

interface OpenApiDocument {
  readonly paths: Record<string, Record<string, { responses: Responses }>>;
}

const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
const validators = new Map<object, ValidateFunction>();

/** What docs/openapi.json promises: every reply is held to it. */
export class Contract {
  readonly operations: readonly Operation[];

  private constructor(document: OpenApiDocument) {
    this.operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, { responses }]) => ({
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        parts: path.split("/"),
        responses,
      })),
    );
  }

  static read(): Contract {
    const text = readFileSync(new URL("../../../../docs/openapi.json", import.meta.url), "utf8");
    return new Contract(JSON.parse(text) as OpenApiDocument);
  }

  /** The operation with the fewest parameters that fits; null: no such route. */
  find(method: string, path: string): Operation | null {
    const parts = path.split("/");
    const variables = ({ parts: template }: Operation) => template.filter((part) => part.startsWith("{")).length;
    const fits = this.operations.filter(
      (operation) =>
        operation.method === method &&
        operation.parts.length === parts.length &&
        operation.parts.every((part, i) => part.startsWith("{") || part === parts[i]),
    );
    return fits.toSorted((a, b) => variables(a) - variables(b))[0] ?? null;
  }

  /** What is wrong with a reply, or null. */
  judge(operation: Operation, status: number, contentType: string, body: unknown): string | null {
    const response = operation.responses[String(status)];
    if (response === undefined) return `${status} is not documented: ${show(body)}`;
    const types = Object.keys(response.content ?? {});
    const type = contentType.split(";", 1)[0]!.trim();
    // The CBOR of a reply is documented by its JSON.
    const documented = type === "application/cbor" && status < 300 ? "application/json" : type;
    if (types.length > 0 && !types.includes(documented)) return `${status} comes as ${type}, not ${types.join(", ")}`;
    const schema = response.content?.[documented]?.schema;
    if (schema === undefined || documented !== "application/json") return null;
    let validate = validators.get(schema);
    if (validate === undefined) validators.set(schema, (validate = ajv.compile(schema)));
    return validate(body) ? null : `${status} does not fit: ${ajv.errorsText(validate.errors)}\n${show(body)}`;
  }
}

function show(body: unknown): string {
  const text = JSON.stringify(body) ?? "nothing";
  return text.length > 1500 ? `${text.slice(0, 1500)}…` : text;
}
