/** A rule that was broken. */
export class Violation extends Error {
  readonly rule: string;

  constructor(rule: string, message: string) {
    super(message);
    this.name = "Violation";
    this.rule = rule;
  }
}

export function demand(isSo: boolean, rule: string, message: () => string): asserts isSo {
  if (!isSo) throw new Violation(rule, message());
}
