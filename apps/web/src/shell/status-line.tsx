import { SyncStatusBadge, useSession, useSyncStatus } from "@owlivion/sync-react";
import { useLocation } from "wouter";
import { useText } from "../i18n/text-provider.tsx";

/** How things stand, in a word; the sync screen says more. A session that was ended elsewhere is said first. */
export function StatusLine() {
  const { text } = useText();
  const status = useSyncStatus();
  const { account } = useSession();
  const [, navigate] = useLocation();
  const hasEnded = account !== null && account.endedBy !== null;
  const shown = hasEnded
    ? ({ ...status, state: "error", error: { code: "NOT_SIGNED_IN", message: text("signIn.ended") } } as const)
    : status;
  return <SyncStatusBadge status={shown} onClick={() => navigate("/sync")} />;
}
