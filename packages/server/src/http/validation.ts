import { Ajv } from "ajv";
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

export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) =>
  (httpPart === "body" ? body : text).compile(schema);
