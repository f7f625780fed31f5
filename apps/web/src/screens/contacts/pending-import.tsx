import { Button, Notice } from "@owlivion/sync-react";
import { useEffect, useState } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import { forgetFile, pendingFile } from "./pending-file.ts";

/** Tells of an import that the last tab did not finish. */
export function PendingImport({ onResume }: { readonly onResume: () => void }) {
  const { text } = useText();
  const [name, setName] = useState<string | null>(null);
  useEffect(() => {
    void pendingFile().then(
      (file) => setName(file?.name ?? null),
      () => {}, // A browser without room for it has none.
    );
  }, []);
  if (name === null) return null;
  return (
    <Notice tone="warning">
      <p>{text("import.cutOff", { name })}</p>
      <div className="owl-row">
        <Button
          size="small"
          look="primary"
          onClick={() => {
            setName(null);
            onResume();
          }}
        >
          {text("import.resume")}
        </Button>
        <Button size="small" look="quiet" onClick={() => void forgetFile().then(() => setName(null))}>
          {text("import.forget")}
        </Button>
      </div>
    </Notice>
  );
}
