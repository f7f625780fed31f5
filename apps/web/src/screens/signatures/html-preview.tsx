import DOMPurify from "dompurify";
import { useEffect, useRef } from "react";
import { useText } from "../../i18n/text-provider.tsx";

/** As a mail shows it: on white, whatever the page looks like. Nothing is loaded, nothing runs, no link leads away. */
const framePolicy = "default-src 'none'; img-src data:; style-src 'none'; base-uri 'none'; form-action 'none'";
const allowed = {
  USE_PROFILES: { html: true },
  FORBID_TAGS: [
    "style",
    "form",
    "input",
    "button",
    "textarea",
    "select",
    "video",
    "audio",
    "source",
    "track",
    "link",
    "meta",
  ],
  FORBID_ATTR: ["srcset", "background", "ping", "target", "id", "name", "style"],
};

/**
 * A signature in a frame that may neither run scripts nor load anything: it is sanitised, the frame has no `allow-scripts`, and its
 * policy, on top of the page's, allows `data:` pictures alone. Styles come in by CSSOM, since neither policy allows inline ones.
 */
export default function HtmlPreview({ html }: { readonly html: string }) {
  const { text } = useText();
  const frame = useRef<HTMLIFrameElement>(null);
  useEffect(() => {
    const element = frame.current;
    const target = element?.contentDocument;
    if (element == null || target == null) return;
    const policy = target.createElement("meta");
    policy.httpEquiv = "content-security-policy";
    policy.content = framePolicy;
    target.head.replaceChildren(policy);
    target.body.style.cssText =
      "margin:0;padding:12px;font:15px/1.45 sans-serif;color:#1f2224;background:#fff;overflow-wrap:anywhere";
    target.body.replaceChildren(target.importNode(sanitize(html), true));
    element.style.blockSize = `${Math.min(400, Math.max(64, target.body.scrollHeight))}px`;
  }, [html]);
  return (
    <figure className="signature-preview">
      <figcaption className="owl-field__label">{text("signatures.preview")}</figcaption>
      <iframe ref={frame} sandbox="allow-same-origin" title={text("signatures.preview")} />
    </figure>
  );
}

/**
 * Styles and handlers are renamed before anything parses them: the page's policy complains of them even in a document that is never
 * shown. Styles are then carried over, but what could load something.
 */
function sanitize(html: string): DocumentFragment {
  const renamed = html.replaceAll(/<[a-z][^<>]*/gi, (tag) =>
    tag.replaceAll(/(?<=[\s"'/])(?:(style)|on[a-z]+)(?=\s*=)/gi, (_, style) => (style ? "data-style" : "x-handler")),
  );
  const fragment = DOMPurify.sanitize(renamed, { ...allowed, RETURN_DOM_FRAGMENT: true });
  for (const element of fragment.querySelectorAll<HTMLElement>("[data-style]")) {
    const style = element.dataset["style"] ?? "";
    delete element.dataset["style"];
    if (!/url\s*\(|expression|@import|position\s*:/i.test(style)) element.style.cssText = style;
  }
  for (const link of fragment.querySelectorAll("a[href]")) link.removeAttribute("href");
  for (const image of fragment.querySelectorAll("img")) {
    if (!/^data:image\/(?:png|jpeg|gif|webp);/i.test(image.getAttribute("src") ?? "")) image.removeAttribute("src");
  }
  return fragment;
}
