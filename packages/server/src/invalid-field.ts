import { ApiError } from "./errors.ts";

/** INVALID_REQUEST for what a schema cannot say, in the form of the validator's own. */
export function invalidField(field: string, problem: string): ApiError {
  return new ApiError("INVALID_REQUEST", { details: [{ field: `body/${field.replaceAll(".", "/")}`, problem }] });
}
