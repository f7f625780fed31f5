import { useText } from "./text-provider.tsx";

/** What a record's field is called; one that the app does not know keeps its own name. */
export function useFieldName(): (field: string) => string {
  const { text, has } = useText();
  return (field) => {
    const key = `contact.${field}`;
    return has(key) ? (text as (key: string) => string)(key) : field;
  };
}
