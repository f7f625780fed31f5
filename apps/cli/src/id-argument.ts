/** No argument that anybody types can hold it. */
const mark = "\u0000";

/** Ids that the SDK makes are 22 characters of base64url, so that one of 64 begins like an option. */
const likeOption = /^-[A-Za-z0-9_-]{21}$/;

/** Arguments as commander should see them: an id that begins with a dash is none of its options. */
export const protectIds = (args: readonly string[]): string[] =>
  args.map((arg) => (likeOption.test(arg) ? mark + arg : arg));

/** For every argument that is an id. */
export const readId = (text: string): string => (text.startsWith(mark) ? text.slice(mark.length) : text);

/** For an argument that is a list of ids. */
export const readIds = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  readId(text),
];
