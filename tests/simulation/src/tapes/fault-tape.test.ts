import { expect, test } from "vitest";
import { FaultTape } from "./fault-tape.ts";

const rates = { lost: 0.3, late: 0.2 };
const draw = (tape: FaultTape, stream: string, times: number) =>
  Array.from({ length: times }, () => tape.choose(stream, rates));

test("a recorded tape gives what the seed gave, stream by stream, in whatever order they are asked", () => {
  const first = new FaultTape(7);
  const a = draw(first, "net/A", 50);
  const b = draw(first, "net/B", 50);
  expect(a.some((choice) => choice !== null)).toBe(true);
  const again = new FaultTape(7, first.entries);
  expect(draw(again, "net/B", 50)).toEqual(b);
  expect(draw(again, "net/A", 50)).toEqual(a);
});

test("what a tape does not hold is benign, and moves nothing else", () => {
  const first = new FaultTape(7);
  const a = draw(first, "net/A", 50);
  draw(first, "net/B", 50);
  const less = new FaultTape(
    7,
    first.entries.filter(({ stream }) => stream === "net/A"),
  );
  expect(draw(less, "net/B", 50)).toEqual(Array.from({ length: 50 }, () => null));
  expect(draw(less, "net/A", 50)).toEqual(a);
  expect(less.number("latency/A", 16)).toBe(0);
});

test("in the wind-down nothing goes wrong any more", () => {
  const tape = new FaultTape(7);
  tape.isOver = true;
  expect(draw(tape, "net/A", 100).every((choice) => choice === null)).toBe(true);
});
