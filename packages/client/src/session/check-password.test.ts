import { expect, test } from "vitest";
import { checkNewPassword } from "./check-password.ts";

const email = "ada.lovelace@example.com";
const weak = expect.objectContaining({ code: "WEAK_PASSWORD" }) as object;

test("what nobody guesses is taken, whatever it is made of", () => {
  for (const password of [
    "four words nobody guesses",
    "            x7!kQ", // spaces count
    "größer als Straßen",
    "пароль который никто",
    "🐢🦊🐙🦉🐝🦋🐌🐞🦂🐢🦑🦐",
    "k".repeat(500) + "ab1!c".repeat(100),
    "ada.lovelace@example.com and eight",
  ]) {
    expect(() => checkNewPassword(password, email), password).not.toThrow();
  }
});

test("short, long, common, monotonous and own ones are refused, and told why", () => {
  for (const password of [
    "",
    "eleven char",
    "🐢🦊🐙🦉🐝🦋🐌🐞🦂🐢🦑", // eleven characters
    "x".repeat(1025),
    "é".repeat(600) + "abcdefg", // 1207 bytes
    "password1234",
    "PassWord 1234",
    "aaaaaaaaaaaaaaaa",
    "121212121212",
    "abababababab",
    "123123123123123",
    "abcdefghijklmno",
    "zyxwvutsrqpon",
    "ada.lovelace@example.com",
    "Ada.Lovelace1!",
    "broken\ud800surrogate",
  ]) {
    expect(() => checkNewPassword(password, email), password).toThrow(weak);
  }
});

test("R20: the message repeats nothing of the password", () => {
  expect(() => checkNewPassword("hunter2hunter2", email)).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining("hunter") as string }),
  );
});
