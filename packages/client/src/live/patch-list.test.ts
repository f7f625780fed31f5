import { describe, expect, test } from "vitest";
import { patchList } from "./patch-list.ts";

interface Person {
  readonly id: string;
  readonly name: string;
}

const order = {
  isWanted: ({ name }: Person) => !name.startsWith("-"),
  compare: (a: Person, b: Person) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1),
};
const person = (id: string, name: string): Person => ({ id, name });
const before = [person("1", "Ada"), person("2", "Bob"), person("3", "Cy")];
const patch = (...changed: [string, string | undefined][]) =>
  patchList(
    before,
    new Map(changed.map(([id, name]) => [id, name === undefined ? undefined : person(id, name)])),
    order,
  );

describe("a sorted list after a change", () => {
  test.each<[string, [string, string | undefined][], string]>([
    ["a new record comes to its place", [["4", "Bea"]], "Ada Bea Bob Cy"],
    ["to the front", [["4", "Aa"]], "Aa Ada Bob Cy"],
    ["to the end", [["4", "Zoe"]], "Ada Bob Cy Zoe"],
    ["a renamed one moves", [["1", "Zoe"]], "Bob Cy Zoe"],
    ["one that is gone goes", [["2", undefined]], "Ada Cy"],
    ["one that is not wanted any more goes", [["2", "-Bob"]], "Ada Cy"],
    ["one that nobody knew and is not there", [["9", undefined]], "Ada Bob Cy"],
    [
      "several at once",
      [
        ["4", "Bea"],
        ["1", undefined],
        ["3", "Aa"],
      ],
      "Aa Bea Bob",
    ],
    ["equal ones follow their ids", [["0", "Bob"]], "Ada Bob Bob Cy"],
  ])("%s", (_, changed, names) => {
    expect(
      patch(...changed)
        .map(({ name }) => name)
        .join(" "),
    ).toBe(names);
  });

  test("records that did not change stay the same objects", () => {
    const after = patch(["4", "Bea"]);
    expect(after.filter((record) => before.includes(record))).toEqual(before);
  });

  test("nothing that differs: the very same list", () => {
    expect(patch(["2", "Bob"], ["9", undefined])).toBe(before);
  });

  test("ten thousand records after any changes are what sorting anew would give", () => {
    let list: readonly Person[] = Array.from({ length: 10_000 }, (_, i) =>
      person(`${i}`, `n${(i * 7919) % 10_000}`),
    ).sort(order.compare);
    const all = new Map(list.map((each) => [each.id, each]));
    for (let round = 0; round < 20; round += 1) {
      const changed = new Map<string, Person | undefined>();
      for (let i = 0; i < 50; i += 1) {
        const id = `${(round * 997 + i * 131) % 10_500}`;
        changed.set(id, i % 5 === 0 ? undefined : person(id, `n${(round * 31 + i * 17) % 9000}`));
      }
      for (const [id, record] of changed) {
        if (record === undefined) all.delete(id);
        else all.set(id, record);
      }
      list = patchList(list, changed, order);
    }
    expect(list).toEqual([...all.values()].sort(order.compare));
  });
});
