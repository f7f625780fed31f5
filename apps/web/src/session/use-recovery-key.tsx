import { type ConfirmRecoveryKey, SyncError } from "@owlivion/sync-client";
import { type ReactNode, useCallback, useState } from "react";
import { RecoveryKeyStep, type RecoveryKeyStepProps } from "./recovery-key-step.tsx";

/** A `confirmRecoveryKey` for the SDK, and what to show while it waits for the person; null: nothing. */
export function useRecoveryKey(email: string): { readonly confirm: ConfirmRecoveryKey; readonly step: ReactNode } {
  const [asking, setAsking] = useState<Omit<RecoveryKeyStepProps, "email"> | null>(null);
  const confirm = useCallback<ConfirmRecoveryKey>(
    ({ recoveryKey, askedGroups }) =>
      new Promise((resolve, reject) => {
        setAsking({
          recoveryKey,
          askedGroups,
          onConfirm(typed) {
            setAsking(null);
            resolve(typed);
          },
          onCancel() {
            setAsking(null);
            reject(new SyncError("CANCELLED"));
          },
        });
      }),
    [],
  );
  return { confirm, step: asking === null ? null : <RecoveryKeyStep email={email} {...asking} /> };
}
