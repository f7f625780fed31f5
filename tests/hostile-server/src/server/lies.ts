import type { Lie } from "./hostile-server.ts";
import type { Answer, Asked, Body } from "./message.ts";

/** Lies by route. Whatever is not named is passed on. */

type Change = (data: Body, asked: Asked) => Body;

const isSuccess = ({ status, body }: Answer): boolean => status < 300 && body?.success === true;

/** Changes the `data` of successful replies of a route; undefined leaves it as it was changed in place. */
export function changeReply(matches: (asked: Asked) => boolean, change: Change): Lie {
  return async (asked, forward) => {
    const answer = await forward();
    if (!matches(asked) || !isSuccess(answer)) return answer;
    const data = change(answer.body.data, asked) ?? answer.body.data;
    return { ...answer, body: { ...answer.body, data } };
  };
}

/** Answers a route by itself, without asking the real server. */
export function answerInstead(matches: (asked: Asked) => boolean, make: (asked: Asked) => Answer): Lie {
  return async (asked, forward) => (matches(asked) ? make(asked) : await forward());
}

/** The first lie that changes something of a request is the one told; each sees what the ones before left. */
export function allOf(...lies: readonly Lie[]): Lie {
  return async (asked, forward) => {
    const [first, ...rest] = lies;
    return first === undefined ? await forward() : await first(asked, async () => await allOf(...rest)(asked, forward));
  };
}

export const route =
  (method: string, path: string) =>
  (asked: Asked): boolean =>
    asked.method === method && asked.path === path;

export const isPull = route("GET", "/sync/contacts/delta");
export const isPush = route("POST", "/sync/contacts/delta");

/** Changes every page of the contacts. */
export const onPage = (change: Change): Lie => changeReply(isPull, change);

/** Changes every reply to a push of contacts. */
export const onPushReply = (change: Change): Lie => changeReply(isPush, change);

/** Changes what the status says of the contacts. */
export const onStatus = (change: Change): Lie =>
  changeReply(route("GET", "/sync/status"), (data, asked) => {
    data["contacts"] = change(data["contacts"], asked) ?? data["contacts"];
  });

/** The same, only for one device; the others see an honest server. */
export const onlyFor =
  (deviceId: string, lie: Lie): Lie =>
  async (asked, forward) =>
    asked.deviceId === deviceId || asked.body?.device_id === deviceId ? await lie(asked, forward) : await forward();
