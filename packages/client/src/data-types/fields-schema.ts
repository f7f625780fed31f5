import type { StandardSchema } from "./data-type.ts";

/** What is wrong with a value, in words that follow the field's name; null: nothing. */
export type FieldCheck = (value: unknown) => string | null;

export const isText: FieldCheck = (value) => (typeof value === "string" ? null : "must be text");

export const isFlag: FieldCheck = (value) => (typeof value === "boolean" ? null : "must be true or false");

export const isWholeNumber =
  (min: number, max: number): FieldCheck =>
  (value) =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
      ? null
      : `must be a whole number from ${min} to ${max}`;

export const isOneOf =
  (...words: readonly string[]): FieldCheck =>
  (value) =>
    typeof value === "string" && words.includes(value) ? null : `must be one of ${words.join(", ")}`;

export const isEither =
  (one: FieldCheck, other: FieldCheck): FieldCheck =>
  (value) =>
    one(value) === null ? null : other(value);

export const isListOf =
  (check: FieldCheck): FieldCheck =>
  (value) => {
    if (!Array.isArray(value)) return "must be a list";
    for (const [i, item] of value.entries()) {
      const problem = check(item);
      if (problem !== null) return `has an item (${i}) that ${problem}`;
    }
    return null;
  };

/** An object whose named fields pass; fields that are not named may be anything. */
export const isShape =
  (checks: Readonly<Record<string, FieldCheck>>, required: readonly string[] = []): FieldCheck =>
  (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return "must be an object";
    const [issue] = issuesOf(value, checks, required);
    return issue === undefined ? null : `has a field that is wrong: ${issue.message}`;
  };

/**
 * A Standard Schema out of one check for each field. Small, because it is part of every app that uses the SDK. Fields that it
 * does not know pass: an older version must not refuse what a newer one wrote.
 */
export function fieldsSchema(
  checks: Readonly<Record<string, FieldCheck>>,
  required: readonly string[] = [],
): StandardSchema {
  return {
    "~standard": {
      version: 1,
      vendor: "owlivion",
      validate: (value) => {
        if (typeof value !== "object" || value === null || Array.isArray(value)) {
          return { issues: [{ message: "must be an object" }] };
        }
        const issues = issuesOf(value, checks, required);
        return issues.length === 0 ? { value } : { issues };
      },
    },
  };
}

interface FieldIssue {
  readonly message: string;
  readonly path: readonly string[];
}

function issuesOf(
  value: object,
  checks: Readonly<Record<string, FieldCheck>>,
  required: readonly string[],
): readonly FieldIssue[] {
  const fields = new Map<string, unknown>(Object.entries(value));
  const issues: FieldIssue[] = [];
  for (const [name, check] of Object.entries(checks)) {
    const field = fields.get(name);
    // As everywhere: a field that is null is not there.
    const problem = field === undefined || field === null ? missing(name, required) : check(field);
    if (problem !== null) issues.push({ message: `${name} ${problem}`, path: [name] });
  }
  return issues;
}

const missing = (name: string, required: readonly string[]): string | null =>
  required.includes(name) ? "is missing" : null;
