import { Ajv, type ErrorObject } from "ajv";
import type { FastifySchemaCompiler } from "fastify";
import type { TSchema } from "typebox";

// Bodies are taken as they are; only query strings and paths, which are text, are converted. Nothing is ever dropped
// in silence: an unknown property is an error.
const options = {
  allErrors: false,
  removeAdditional: false,
  useDefaults: true,
  strict: false,
} as const;
const body = new Ajv({ ...options, coerceTypes: false });
const text = new Ajv({ ...options, coerceTypes: true });

export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const fits = (httpPart === "body" ? body : text).compile(schema);
  const validate = (data: unknown): boolean => {
    // Schemas first: what fits them is as flat as they are.
    if (!fits(data)) {
      validate.errors = fits.errors ?? null;
      return false;
    }
    const path = findUnstorableText(data, "");
    if (path === null) return true;
    const message = "must be well-formed Unicode without NUL";
    validate.errors = [{ instancePath: path, schemaPath: "", keyword: "text", params: {}, message }];
    return false;
  };
  validate.errors = null as ErrorObject[] | null;
  return validate;
};

/**
 * Where text stands that PostgreSQL cannot keep (U+0000) or that would come back as something else (a lone surrogate),
 * so that two names, addresses or secrets could become one.
 */
function findUnstorableText(value: unknown, path: string): string | null {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\0") ? null : path;
  if (typeof value !== "object" || value === null) return null;
  for (const [name, field] of Object.entries(value)) {
    const found = findUnstorableText(field, `${path}/${name.slice(0, 64)}`);
    if (found !== null) return found;
  }
  return null;
}
