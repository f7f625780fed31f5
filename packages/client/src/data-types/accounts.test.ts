import { describe, expect, it } from "vitest";
import { accounts, accountSecretFields } from "./accounts.ts";
import { validated } from "./validated.fixture.ts";

const dataType = accounts();

describe("mail accounts", () => {
  it("are told apart by address and kind", () => {
    expect(dataType.naturalKey!({ email: " ada@example.com" })).toBe("imap:ada@example.com");
    expect(dataType.naturalKey!({ email: "ada@example.com", kind: "jmap" })).toBe("jmap:ada@example.com");
    expect(dataType.naturalKey!({ imapHost: "mail.example.com" })).toBeNull();
  });

  it("opened under another user name are others; the address is the name where none is given", () => {
    const email = "info@example.com";
    expect(dataType.sameRecord!({ email }, { email: "Info@example.com", imapUserName: email })).toBe(true);
    expect(dataType.sameRecord!({ email, imapUserName: "ada" }, { email, imapUserName: "byron" })).toBe(false);
  });

  it("accept their settings, and refuse what is no port or no security", () => {
    const settings = {
      email: "a@example.com",
      imapHost: "i",
      imapPort: 993,
      imapSecurity: "tls",
      acceptInvalidCerts: false,
    };
    expect(validated(dataType, settings)).toEqual([]);
    expect(validated(dataType, { ...settings, imapPort: 0, imapSecurity: "ssl" })).toHaveLength(2);
    expect(validated(dataType, { imapHost: "i" })).toEqual(["email is missing"]);
  });
});

describe("traps of accounts", () => {
  it("R8: accounts added on two devices are two records, not one set of which the newer wins", () => {
    const [a, b] = [{ email: "a@example.com" }, { email: "b@example.com" }];
    expect(dataType.naturalKey!(a)).not.toBe(dataType.naturalKey!(b));
    expect(dataType.merge).toEqual({ default: "ask" });
  });

  it("R20: passwords, tokens and API keys stay on the device unless the app says otherwise", () => {
    expect(dataType.secretFields).toEqual(accountSecretFields);
    expect(accountSecretFields).toContain("imapPassword");
    expect(accountSecretFields).toContain("apiKey");
    expect(accounts({ includeSecrets: false }).secretFields).toEqual(accountSecretFields);
    expect(accounts({ includeSecrets: true }).secretFields).toEqual([]);
  });
});
