import { SyncError } from "@owlivion/sync-client";
import type { ReactNode } from "react";
import type { Words } from "../../src/index.ts";

export interface GalleryState {
  readonly name: string;
  readonly isWide?: boolean;
  readonly show: (words: Words) => ReactNode;
}

export interface GalleryPart {
  readonly name: string;
  readonly states: readonly GalleryState[];
}

export const nothing = (): void => {};
export const done = async (): Promise<void> => {};
export const offline = async (): Promise<never> => {
  throw new SyncError("OFFLINE");
};
export const card = (children: ReactNode): ReactNode => <div className="owl-scope owl-card">{children}</div>;
