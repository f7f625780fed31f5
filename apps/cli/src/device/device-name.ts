import { hostname } from "node:os";

/** The host's name, as far as a device's name may be. */
export const deviceName = (): string => hostname().slice(0, 100) || "command line";
