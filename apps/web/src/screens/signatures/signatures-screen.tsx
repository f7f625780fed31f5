import { lazy, Suspense } from "react";
import { useText } from "../../i18n/text-provider.tsx";
import type { FieldSpec } from "../records/record-fields.ts";
import { RecordsScreen } from "../records/records-screen.tsx";

const HtmlPreview = lazy(() => import("./html-preview.tsx"));

const specs: readonly FieldSpec[] = [
  { name: "name", kind: "text" },
  { name: "isDefault", kind: "flag" },
  { name: "html", kind: "long" },
  { name: "text", kind: "long" },
];

export default function SignaturesScreen() {
  const { text } = useText();
  return (
    <RecordsScreen
      dataType="signatures"
      specs={specs}
      title={text("screen.signatures")}
      lead={text("signatures.lead")}
      empty={text("signatures.none")}
      lineOf={(record) => (typeof record["text"] === "string" ? record["text"].split("\n")[0]! : "")}
      preview={({ html }) => (
        <Suspense fallback={null}>
          <HtmlPreview html={typeof html === "string" ? html : ""} />
        </Suspense>
      )}
    />
  );
}
