import { systemRandom } from "@owlivion/sync-crypto";
import { createRecoveryKey, exposeRecoveryKeyText } from "@owlivion/sync-crypto/account";
import { expect, test } from "vitest";
import { confirmRecoveryKey, type RecoveryKeyShown } from "./confirm-recovery-key.ts";

const key = createRecoveryKey(systemRandom);
const groups = exposeRecoveryKeyText(key).split("-");
const refused = expect.objectContaining({ code: "RECOVERY_KEY_NOT_CONFIRMED" }) as object;

test("three different groups are asked for, and every group at some time", async () => {
  const asked = new Set<number>();
  for (let i = 0; i < 200; i += 1) {
    let shown: RecoveryKeyShown | undefined;
    await confirmRecoveryKey(
      key,
      async (each) => {
        shown = each;
        return each.askedGroups.map((group) => groups[group - 1]!);
      },
      systemRandom,
    );
    expect(new Set(shown!.askedGroups).size).toBe(3);
    expect(shown!.recoveryKey).toBe(groups.join("-"));
    for (const group of shown!.askedGroups) asked.add(group);
  }
  expect([...asked].sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("case and spaces are forgiven, anything else is not", async () => {
  const type = (change: (text: string) => string) =>
    confirmRecoveryKey(
      key,
      async ({ askedGroups }) => askedGroups.map((group) => change(groups[group - 1]!)),
      systemRandom,
    );
  await type((text) => ` ${text.toLowerCase()} `);
  await expect(type(() => "")).rejects.toThrow(refused);
  await expect(type((text) => text.slice(1))).rejects.toThrow(refused);
  await expect(type((text) => (text.startsWith("A") ? "B" : "A") + text.slice(1))).rejects.toThrow(refused);
  await expect(confirmRecoveryKey(key, async () => [], systemRandom)).rejects.toThrow(refused);
  // The whole key in one field is not what was asked for.
  await expect(confirmRecoveryKey(key, async () => [groups.join("-"), "", ""], systemRandom)).rejects.toThrow(refused);
});
