import { type ReactNode, useEffect, useRef } from "react";
import { useText } from "../i18n/text-provider.tsx";

export interface ScreenProps {
  readonly title: string;
  readonly lead?: ReactNode;
  /** Beside the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly isWide?: boolean;
}

let hasShownScreen = false;

/** A screen with its heading. When one takes the place of another, the focus goes to its heading, so that it is read out. */
export function Screen({ title, lead, actions, children, isWide = false }: ScreenProps) {
  const { text } = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (hasShownScreen) heading.current?.focus({ preventScroll: true });
    hasShownScreen = true;
  }, []);
  useEffect(() => {
    document.title = `${title} · ${text("app.name")}`;
  }, [title, text]);
  return (
    <div className={isWide ? "screen screen--wide" : "screen"}>
      <header className="screen__head">
        <h1 ref={heading} className="owl-title owl-title--page" tabIndex={-1}>
          {title}
        </h1>
        {actions === undefined ? null : <div className="owl-row">{actions}</div>}
      </header>
      {lead === undefined ? null : <p className="owl-muted screen__lead">{lead}</p>}
      {children}
    </div>
  );
}
