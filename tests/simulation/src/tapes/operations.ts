/** What a person does on a device. `a` and `b` are chance for whatever the kind needs. */
export interface Operation {
  readonly atMs: number;
  readonly device: number;
  readonly kind: OperationKind;
  readonly a: number;
  readonly b: number;
}

/** How often each is done, where a seed has it at all. */
export const operationWeights = {
  /** One field of a record that everybody writes. */
  edit: 30,
  /** Two fields, or with the list of tags. */
  editMany: 8,
  /** A record of its own. */
  create: 8,
  /** Several at once, in one transaction. */
  createMany: 3,
  remove: 8,
  /** All there is: the guard against deletion storms. */
  removeAll: 1,
  /** A preference: the same natural key on every device. */
  choose: 10,
  chooseDefault: 3,
  /** Unicode in all its forms, and nothing at all. */
  strange: 2,
  /** As large as a record may be, or larger. */
  large: 1,
  syncNow: 14,
  startLive: 3,
  stopLive: 2,
  resolve: 5,
  decide: 4,
  restart: 4,
  openTab: 3,
  closeTab: 2,
  lock: 2,
  changePassword: 2,
  signOut: 2,
  bringBack: 3,
  restoreTo: 1,
  doctor: 1,
} as const;

export type OperationKind = keyof typeof operationWeights;
