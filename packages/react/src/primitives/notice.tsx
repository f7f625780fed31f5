import type { ReactNode } from "react";

export interface NoticeProps {
  readonly tone: "info" | "good" | "warning" | "danger";
  readonly children: ReactNode;
  /** Announced when it appears. */
  readonly isLive?: boolean;
}

export function Notice({ tone, children, isLive = false }: NoticeProps) {
  const role = isLive ? (tone === "danger" ? "alert" : "status") : undefined;
  return (
    <div className={`owl-notice owl-notice--${tone}`} role={role}>
      {children}
    </div>
  );
}
