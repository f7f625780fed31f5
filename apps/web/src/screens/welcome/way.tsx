import { type ReactNode, useEffect } from "react";
import { useText } from "../../i18n/text-provider.tsx";

interface WayProps {
  readonly title: string;
  readonly lead?: string | undefined;
  readonly children: ReactNode;
}

/** One way in, with its heading. */
export function Way({ title, lead, children }: WayProps) {
  const { text } = useText();
  useEffect(() => {
    document.title = `${title} · ${text("app.name")}`;
  }, [title, text]);
  return (
    <>
      <h1 className="owl-title owl-title--page">{title}</h1>
      {lead === undefined ? null : <p className="owl-muted">{lead}</p>}
      {children}
    </>
  );
}
