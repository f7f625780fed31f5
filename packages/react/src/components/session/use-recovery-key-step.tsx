import { type ConfirmRecoveryKey, SyncError } from "@owlivion/sync-client";
import { type ReactElement, useCallback, useState } from "react";
import { RecoveryKeyStep, type RecoveryKeyStepProps } from "./recovery-key-step.tsx";

type Shown = Parameters<ConfirmRecoveryKey>[0];

export interface RecoveryKeyStepState {
  /** The step, while the SDK asks for it; null: draw what asks for the key instead. */
  readonly step: ReactElement | null;
  /** For the SDK's calls: resolves when the person has confirmed. */
  readonly confirmRecoveryKey: ConfirmRecoveryKey;
}

interface Pending {
  readonly shown: Shown;
  readonly resolve: (typed: readonly string[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Between the SDK, which asks in the middle of a call, and the step that is drawn. */
export function useRecoveryKeyStep({
  onDownload,
}: {
  readonly onDownload?: RecoveryKeyStepProps["onDownload"] | undefined;
}): RecoveryKeyStepState {
  const [pending, setPending] = useState<Pending | null>(null);
  const confirmRecoveryKey = useCallback<ConfirmRecoveryKey>((shown) => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
    setPending({ shown, resolve, reject });
    return promise;
  }, []);
  if (pending === null) return { step: null, confirmRecoveryKey };
  return {
    confirmRecoveryKey,
    step: (
      <RecoveryKeyStep
        {...pending.shown}
        onConfirm={(typed) => {
          pending.resolve(typed);
          setPending(null);
        }}
        onCancel={() => {
          pending.reject(new SyncError("CANCELLED"));
          setPending(null);
        }}
        {...(onDownload === undefined ? {} : { onDownload })}
      />
    ),
  };
}
