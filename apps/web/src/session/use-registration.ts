import { useEffect, useState } from "react";

export type Registration = "open" | "invite" | "closed";

/** Who may make an account, as the server says; open until it has, and when it cannot be asked, since it will say so itself. */
export function useRegistration(): Registration {
  const [registration, setRegistration] = useState<Registration>("open");
  useEffect(() => {
    void readRegistration().then(setRegistration);
  }, []);
  return registration;
}

async function readRegistration(): Promise<Registration> {
  try {
    const reply = (await (await fetch("/api/v1/config")).json()) as { data?: { registration?: unknown } };
    const said = reply.data?.registration;
    return said === "invite" || said === "closed" ? said : "open";
  } catch {
    return "open";
  }
}
