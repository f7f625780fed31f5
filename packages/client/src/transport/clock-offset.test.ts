import { expect, test } from "vitest";
import { ClockOffset } from "./clock-offset.ts";

const device = Date.UTC(2026, 0, 1, 12, 0, 0);
const header = (ms: number) => new Date(ms).toUTCString();

test("a device that is an hour behind is told so after two replies", () => {
  const clock = new ClockOffset();
  clock.observe(device, device + 100, header(device + 3_600_000));
  expect(clock.offsetMs).toBe(0);
  clock.observe(device + 5000, device + 5100, header(device + 3_605_000));
  expect(Math.abs(clock.offsetMs - 3_600_000)).toBeLessThan(1000);
});

test("two seconds are no difference", () => {
  const clock = new ClockOffset();
  for (let i = 0; i < 5; i += 1) clock.observe(device, device + 10, header(device + 1000));
  expect(clock.offsetMs).toBe(0);
});

test("one strange reply changes nothing, wherever it comes", () => {
  for (let strange = 0; strange < 5; strange += 1) {
    const clock = new ClockOffset();
    for (let i = 0; i < 5; i += 1) {
      clock.observe(device, device + 10, header(device + (i === strange ? 86_400_000 : 0)));
      expect(clock.offsetMs).toBe(0);
    }
  }
});

test("no header, nonsense, a slow reply and a clock that jumped meanwhile are not heeded", () => {
  const clock = new ClockOffset();
  for (let i = 0; i < 3; i += 1) {
    clock.observe(device, device + 10, null);
    clock.observe(device, device + 10, "yesterday");
    clock.observe(device, device + 60_000, header(device + 86_400_000));
    clock.observe(device, device - 60_000, header(device + 86_400_000));
  }
  expect(clock.offsetMs).toBe(0);
});
