import { expect, test } from "vitest";
import { maskedEmail } from "./masked-email.ts";

test.each([
  ["ada@example.com", "a••@e••.com"],
  ["şükrü@örnek.com.tr", "ş••@ö••.tr"],
  ["root@localhost", "r••@l••"],
  ["nothing", "••"],
])("%s is shown as %s", (email, shown) => expect(maskedEmail(email)).toBe(shown));
