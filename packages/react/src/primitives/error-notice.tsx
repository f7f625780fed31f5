import { errorText } from "../i18n/error-text.ts";
import { useWords } from "../i18n/language-provider.tsx";
import { Notice } from "./notice.tsx";

/** What stopped something, and what to do; nothing when nothing did. */
export function ErrorNotice({ error }: { readonly error: unknown }) {
  const words = useWords();
  if (error === null || error === undefined) return null;
  return (
    <Notice tone="danger" isLive>
      <p>{errorText(words, error)}</p>
    </Notice>
  );
}
