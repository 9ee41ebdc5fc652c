/** Reads streamed answers: lines of JSON, and server-sent events. The same in Node and in browsers. */

/** Lines without their ends. */
export async function* linesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      yield* lines;
      if (done) {
        if (rest !== "") yield rest;
        return;
      }
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

export type StreamEvent = { readonly event: string; readonly id: string; readonly data: string };

/** Events as the WHATWG standard for EventSource reads them, comments left out. */
export async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent, void, undefined> {
  let [event, id, data] = ["message", "", [] as string[]];
  for await (const line of linesOf(body)) {
    if (line === "") {
      if (data.length > 0) yield { event, id, data: data.join("\n") };
      [event, data] = ["message", []];
      continue;
    }
    const [, name = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === "event") event = value;
    else if (name === "id") id = value;
    else if (name === "data") data.push(value);
  }
}
