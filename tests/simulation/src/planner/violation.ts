/** An invariant of reference `rule` does not hold. */
export class Violation extends Error {
  readonly rule: string;

  constructor(rule: string, message: string) {
    super(`${rule}: ${message}`);
    this.name = "Violation";
    this.rule = rule;
  }
}

export function hold(isTrue: boolean, rule: string, message: () => string): asserts isTrue {
  if (!isTrue) throw new Violation(rule, message());
}
