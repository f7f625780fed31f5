import { renderErrors } from "./render-errors.ts";
import { renderOpenApi } from "./render-openapi.ts";

const docs = new URL("../../../docs/", import.meta.url);

/** The documents that are made from the code; a test compares them with what is committed. */
export const generatedDocs: readonly { readonly file: URL; readonly render: () => string | Promise<string> }[] = [
  { file: new URL("errors.md", docs), render: renderErrors },
  { file: new URL("openapi.json", docs), render: renderOpenApi },
];
