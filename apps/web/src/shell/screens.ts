import type { AppTexts } from "../i18n/english.ts";
import type { IconName } from "./icons.tsx";

export interface ScreenLink {
  readonly path: string;
  readonly icon: IconName;
  readonly name: keyof AppTexts & `screen.${string}`;
}

/** What a person keeps. */
export const recordScreens: readonly ScreenLink[] = [
  { path: "/contacts", icon: "contacts", name: "screen.contacts" },
  { path: "/accounts", icon: "accounts", name: "screen.accounts" },
  { path: "/signatures", icon: "signatures", name: "screen.signatures" },
  { path: "/preferences", icon: "preferences", name: "screen.preferences" },
];

/** How it is kept. */
export const keepingScreens: readonly ScreenLink[] = [
  { path: "/sync", icon: "sync", name: "screen.sync" },
  { path: "/conflicts", icon: "conflicts", name: "screen.conflicts" },
  { path: "/past", icon: "past", name: "screen.past" },
  { path: "/devices", icon: "devices", name: "screen.devices" },
  { path: "/security", icon: "security", name: "screen.security" },
];

/** At the foot of a phone there is room for four. */
export const phoneScreens: readonly ScreenLink[] = [
  { path: "/contacts", icon: "contacts", name: "screen.contacts" },
  { path: "/sync", icon: "sync", name: "screen.sync" },
  { path: "/conflicts", icon: "conflicts", name: "screen.conflicts" },
  { path: "/more", icon: "more", name: "screen.more" },
];
