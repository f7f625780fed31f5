export type Registration = "open" | "invite" | "closed";

/** Who may sign up, as the server says; open when it cannot be asked, since it will say so itself. */
export async function readRegistration(): Promise<Registration> {
  try {
    const reply = (await (await fetch("/api/v1/config")).json()) as { data?: { registration?: unknown } };
    const said = reply.data?.registration;
    return said === "invite" || said === "closed" ? said : "open";
  } catch {
    return "open";
  }
}
