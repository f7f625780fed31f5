import { SyncError } from "@owlivion/sync-client";
import {
  DeviceList,
  PasswordMeter,
  RebuildAccountForm,
  RecoverForm,
  RecoveryKeyStep,
  SignInForm,
  SignUpForm,
  UnlockForm,
} from "../../src/index.ts";
import * as data from "../fixtures.ts";
import { card, done, type GalleryPart, nothing, offline } from "./gallery-part.tsx";

export const sessionParts: readonly GalleryPart[] = [
  {
    name: "Session",
    states: [
      { name: "sign in", show: () => card(<SignInForm onSignIn={offline} onRecover={nothing} onSignUp={nothing} />) },
      {
        name: "sign in again",
        show: () => card(<SignInForm email="ada@example.com" onSignIn={done} onRecover={nothing} />),
      },
      {
        name: "sign up",
        show: () =>
          card(<SignUpForm deviceName="Firefox, Linux" onSignIn={nothing} onDownload={nothing} onSignUp={signUp} />),
      },
      { name: "sign up by invitation", show: () => card(<SignUpForm needsInvitation onSignUp={offline} />) },
      {
        name: "recovery key",
        show: () =>
          card(
            <RecoveryKeyStep
              recoveryKey={data.recoveryKey}
              askedGroups={[2, 5, 9]}
              onConfirm={nothing}
              onCancel={nothing}
              onDownload={nothing}
            />,
          ),
      },
      {
        name: "unlock",
        show: () =>
          card(<UnlockForm email="ada@example.com" onUnlock={offline} onSignOut={nothing} onRecover={nothing} />),
      },
      { name: "recover", show: () => card(<RecoverForm onRecover={offline} onBack={nothing} onDownload={nothing} />) },
      {
        name: "a server that lost everything",
        show: () =>
          card(
            <RebuildAccountForm email="ada@example.com" onRebuild={offline} onBack={nothing} onDownload={nothing} />,
          ),
      },
      {
        name: "password strength",
        show: () =>
          card(
            <div className="owl-stack">
              {["", "short", "password1234", "four words nobod", "a long and unusual phrase"].map((password) => (
                <PasswordMeter key={password} password={password} email="ada@example.com" />
              ))}
            </div>,
          ),
      },
    ],
  },
  {
    name: "Devices",
    states: [
      {
        name: "four",
        isWide: true,
        show: () =>
          card(<DeviceList devices={data.remoteDevices} now={data.now} onRevoke={offline} onRefresh={nothing} />),
      },
      { name: "loading", show: () => card(<DeviceList devices={undefined} now={data.now} onRevoke={done} />) },
      {
        name: "offline",
        show: () =>
          card(
            <DeviceList
              devices={undefined}
              error={new SyncError("OFFLINE")}
              now={data.now}
              onRevoke={done}
              onRefresh={nothing}
            />,
          ),
      },
    ],
  },
];

const signUp: Parameters<typeof SignUpForm>[0]["onSignUp"] = async ({ confirmRecoveryKey }) => {
  await confirmRecoveryKey({ recoveryKey: data.recoveryKey, askedGroups: [1, 4, 7] });
};
