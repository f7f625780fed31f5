import { type Sync } from "@owlivion/sync-client";
import { SyncProvider, useSession } from "@owlivion/sync-react";
import { lazy, Suspense, useEffect, useState } from "react";
import { openDevice } from "../device/open-device.ts";
import { Shell } from "../shell/shell.tsx";
import { Stopped } from "./stopped.tsx";

const WelcomeScreen = lazy(() => import("../screens/welcome/welcome-screen.tsx"));

/** The device's store is opened once; who is signed in decides what is shown. */
export function PersonApp() {
  const [sync, setSync] = useState<Sync | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    openDevice().then(setSync, setError);
  }, []);
  if (error !== null) return <Stopped error={error} />;
  if (sync === null) return null;
  return (
    <SyncProvider sync={sync}>
      <Door />
    </SyncProvider>
  );
}

function Door() {
  const session = useSession();
  if (session.state === "unlocked") return <Shell />;
  return (
    <Suspense fallback={null}>
      <WelcomeScreen />
    </Suspense>
  );
}
