import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestServer, type TestServer } from "../../test/support/server.ts";
import { createInvitation } from "./invitations.ts";

let server: TestServer;
let closed: TestServer;
beforeAll(async () => {
  server = await startTestServer({ config: { registration: "invite" } });
  closed = await startTestServer({ config: { registration: "closed" }, database: server.database });
});
afterAll(async () => {
  await closed.close();
  await server.close();
});

const register = async (invitation?: string, email = `${randomUUID()}@example.com`, at = server) => {
  const payload = { email, password: "long enough", device_id: randomUUID(), ...(invitation && { invitation }) };
  return (await at.app.inject({ method: "POST", url: "/api/v1/auth/register", payload })).json().code ?? "OK";
};

describe("registration by invitation", () => {
  test("needs one", async () => {
    expect([await register(), await register("made up")]).toEqual(["REGISTRATION_CLOSED", "REGISTRATION_CLOSED"]);
  });

  test("takes each once, also when twenty come at the same time", async () => {
    const invitation = await createInvitation(server.pool, { validDays: 7 });
    const codes = await Promise.all(Array.from({ length: 20 }, () => register(invitation)));
    expect(codes.sort()).toEqual(["OK", ...Array<string>(19).fill("REGISTRATION_CLOSED")]);
  });

  test("one for an address is good for that only, however it is written", async () => {
    const invitation = await createInvitation(server.pool, { email: "Ada@Example.com", validDays: 7 });
    expect(await register(invitation, "bob@example.com")).toBe("REGISTRATION_CLOSED");
    expect(await register(invitation, " ADA@example.com")).toBe("OK");
  });

  test("an expired one is no good", async () => {
    const invitation = await createInvitation(server.pool, { validDays: 1, nowMs: Date.now() - 2 * 86_400_000 });
    expect(await register(invitation)).toBe("REGISTRATION_CLOSED");
  });

  test("S43 without a good invitation nobody learns whether an address is taken", async () => {
    const invitation = await createInvitation(server.pool, { validDays: 7 });
    expect(await register(invitation, "taken@example.com")).toBe("OK");
    expect(await register("made up", "taken@example.com")).toBe("REGISTRATION_CLOSED");
  });

  test("an address that is taken costs no invitation", async () => {
    const invitation = await createInvitation(server.pool, { validDays: 7 });
    expect(await register(invitation, "taken@example.com")).toBe("EMAIL_EXISTS");
    expect(await register(invitation)).toBe("OK");
  });
});

test("a closed registration takes nobody, with an invitation neither", async () => {
  const invitation = await createInvitation(server.pool, { validDays: 7 });
  expect([await register(undefined, undefined, closed), await register(invitation, undefined, closed)]).toEqual([
    "REGISTRATION_CLOSED",
    "REGISTRATION_CLOSED",
  ]);
});
