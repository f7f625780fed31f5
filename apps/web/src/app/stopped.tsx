import { Button, Notice } from "@owlivion/sync-react";
import { useText } from "../i18n/text-provider.tsx";

/** The device's own store could not be opened: nothing works before that does. */
export function Stopped({ error }: { readonly error: unknown }) {
  const { text } = useText();
  return (
    <main className="door owl-scope">
      <h1 className="owl-title">{text("stopped.title")}</h1>
      <Notice tone="danger">
        <p>{error instanceof Error ? error.message : String(error)}</p>
      </Notice>
      <Button onClick={() => location.reload()}>{text("stopped.reload")}</Button>
    </main>
  );
}
