/** What gives away real time or real chance. */
const traps: readonly (readonly [object, string])[] = [
  [Date, "now"],
  [Math, "random"],
  [globalThis, "setTimeout"],
  [globalThis, "setInterval"],
  [globalThis, "setImmediate"],
  [crypto, "randomUUID"],
  [crypto, "getRandomValues"],
  [performance, "now"],
];

/** Everything nondeterministic is passed in: whoever takes it from the platform all the same throws. Answers the way back. */
export function forbidGlobals(): () => void {
  const before = traps.map(([target, name]) => Reflect.get(target, name) as unknown);
  for (const [target, name] of traps) set(target, name, forbidden(name));
  const RealDate = Date;
  globalThis.Date = new Proxy(RealDate, {
    construct(target, args, newTarget) {
      if (args.length === 0) forbidden("new Date()")();
      return Reflect.construct(target, args, newTarget) as Date;
    },
    apply: forbidden("Date()"),
  });
  return () => {
    globalThis.Date = RealDate;
    traps.forEach(([target, name], i) => set(target, name, before[i]));
  };
}

function set(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
}

function forbidden(name: string): () => never {
  return () => {
    throw new Error(`${name} in a simulated world: time and chance are passed in`);
  };
}
