import type { ConfirmRecoveryKey } from "@owlivion/sync-client";
import { useCallback, useState } from "react";
import { SyncError } from "@owlivion/sync-client";

type Shown = Parameters<ConfirmRecoveryKey>[0];

export interface RecoveryKeyStepState {
  /** What is to be shown now; null: nothing. */
  readonly shown: Shown | null;
  /** For the SDK's calls: resolves when the person has confirmed. */
  readonly confirmRecoveryKey: ConfirmRecoveryKey;
  readonly confirm: (typed: readonly string[]) => void;
  readonly cancel: () => void;
}

interface Pending {
  readonly shown: Shown;
  readonly resolve: (typed: readonly string[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Between the SDK, which asks in the middle of a call, and the step that is drawn. */
export function useRecoveryKeyStep(): RecoveryKeyStepState {
  const [pending, setPending] = useState<Pending | null>(null);
  const confirmRecoveryKey = useCallback<ConfirmRecoveryKey>((shown) => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
    setPending({ shown, resolve, reject });
    return promise;
  }, []);
  return {
    shown: pending?.shown ?? null,
    confirmRecoveryKey,
    confirm(typed) {
      pending?.resolve(typed);
      setPending(null);
    },
    cancel() {
      pending?.reject(new SyncError("CANCELLED"));
      setPending(null);
    },
  };
}
