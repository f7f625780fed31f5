/** What a check saw. `warn`: it works, and should be looked at; `fail`: it does not work, or data is wrong. */
export type Finding = { level: "ok" | "warn" | "fail"; check: string; message: string };

export const ok = (check: string, message: string): Finding => ({ level: "ok", check, message });
export const warn = (check: string, message: string): Finding => ({ level: "warn", check, message });
export const fail = (check: string, message: string): Finding => ({ level: "fail", check, message });
