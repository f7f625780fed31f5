import * as v from "valibot";
import { SyncError } from "../errors.ts";
import { lazyModule } from "../lazy-module.ts";
import type { BodyReader } from "./body-reader.ts";
import { changeEvent } from "./delta-schemas.ts";
import { readJsonText } from "./read-json.ts";
import type { ServerEvent } from "./replies.ts";

/** Who has no network has no events either. */
const eventSourceParser = lazyModule(() => import("eventsource-parser"));

/** An event has a hundred bytes; what waits for its end may not grow without one. */
const maxWaitingChars = 64 * 1024;

/** The events of a `text/event-stream`; comments are beats. Events that we do not know are passed over. */
export async function* readServerEvents(chunks: BodyReader): AsyncGenerator<ServerEvent> {
  try {
    const { createParser } = await eventSourceParser();
    const decoder = new TextDecoder();
    const ready: ServerEvent[] = [];
    let isBroken = false;
    const parser = createParser({
      maxBufferSize: maxWaitingChars,
      onEvent: ({ event, data }) => {
        if (event === "change") ready.push(readChange(data));
      },
      onComment: () => ready.push({ type: "beat" }),
      onError: ({ type }) => {
        // An unknown field is for a newer client; a line without an end is no stream of ours.
        if (type === "max-buffer-size-exceeded") isBroken = true;
      },
    });
    yield { type: "open" };
    for await (const chunk of chunks) {
      parser.feed(decoder.decode(chunk, { stream: true }));
      if (isBroken) throw new SyncError("INVALID_REPLY");
      yield* ready.splice(0);
    }
  } finally {
    await chunks.return(); // also when the reader goes at `open`
  }
}

function readChange(data: string): ServerEvent {
  const parsed = v.safeParse(changeEvent, readJsonText(data));
  if (!parsed.success) throw new SyncError("INVALID_REPLY");
  const { data_type, version, device_id } = parsed.output;
  return { type: "change", dataType: data_type, version, deviceId: device_id };
}
