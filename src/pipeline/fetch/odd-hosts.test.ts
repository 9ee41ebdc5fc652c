/**
 * Hosts that are odd but honest: each has the photo and serves it in a way that somebody has met on a real server. Whoever asks them
 * patiently gets the right bytes, or the true reason.
 */
import assert from "node:assert/strict";
import type { IncomingMessage, ServerResponse } from "node:http";
import { after, afterEach, before, describe, it } from "node:test";
import { patternOf, startFetching, type TestFetching } from "../../testing/image-fetching.ts";
import { type ImageHost, startImageHost } from "../../testing/image-host.ts";

const SMALL = Buffer.from(patternOf(20_000));
/** Shorter than any range that is asked for at first. */
const TINY = Buffer.from(patternOf(5_000, 3));
const LARGE = Buffer.from(patternOf(200_000, 2));

let host: ImageHost;
let fetching: TestFetching;
/** In each group for itself: a hook of the whole file would be one of every file that shares its process. */
function givenTheHost(): void {
  before(async () => {
    host = await startImageHost();
  });
  after(async () => await host.close());
  afterEach(async () => await fetching.close());
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let paths = 0;
/** Serves photos under paths of their own and gives what opens them, one after the other, with one fetcher. */
function setup(answer: Answer, options: Parameters<typeof startFetching>[0] = {}) {
  fetching = startFetching(options);
  return {
    /** Reads a photo as one who measures does, and tells which ranges were asked for. */
    async read(photo: Buffer = SMALL, name = "photo.jpg"): Promise<readonly (string | undefined)[]> {
      paths += 1;
      const path = `/odd/${paths}/${name}`;
      host.route(new URL(path, "http://any").pathname, { kind: "custom", answer });
      const image = fetching.open(host.url(path));
      const { bytes } = await image.prefix(8_192);
      assert.ok(photo.subarray(0, bytes.length).equals(bytes) && bytes.length >= Math.min(8_192, photo.length));
      assert.ok(photo.subarray(-4_096).equals(await image.tail(4_096)));
      image.release();
      return host.asked(new URL(path, "http://any").pathname).map(({ range }) => range);
    },
  };
}

function sendWhole(response: ServerResponse, photo: Buffer, status = 200, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-length": photo.length, ...headers }).end(photo);
}

const rangeOf = ({ headers }: IncomingMessage) => /^bytes=(\d*)-(\d*)$/.exec(headers.range ?? "");

/** Serves a part as it should be; null when it would end behind the file or is none. */
function partOf(request: IncomingMessage, photo: Buffer): { readonly first: number; readonly last: number } | null {
  const [, first = "", last = ""] = rangeOf(request) ?? [];
  if (first === "" || Number(last) >= photo.length) return null;
  return { first: Number(first), last: last === "" ? photo.length - 1 : Number(last) };
}

function sendPart(
  response: ServerResponse,
  photo: Buffer,
  { first, last }: { readonly first: number; readonly last: number },
): void {
  response.writeHead(206, {
    "content-range": `bytes ${first}-${last}/${photo.length}`,
    "content-length": last - first + 1,
  });
  response.end(photo.subarray(first, last + 1));
}

const HEAD_RANGE = "bytes=0-32767";

describe("a host that promises more than the file has", () => {
  givenTheHost();

  for (const [does, contentRange] of [
    ["and tells a range that ends behind it", "bytes 0-32767/20000"],
    ["though it tells the right range", "bytes 0-19999/20000"],
  ] as const) {
    it(`${does} is asked for whole files, this one and the next ones`, async () => {
      const { read } = setup((request, response) => {
        if (request.headers.range === undefined) return sendWhole(response, SMALL);
        response.writeHead(206, { "content-range": contentRange, "content-length": 32_768 });
        response.write(SMALL);
      });
      assert.deepEqual(await read(), [HEAD_RANGE, undefined]);
      assert.deepEqual(await read(), [undefined]);
    });
  }
});

describe("a host that refuses a part of a file and has the whole", () => {
  givenTheHost();

  const refusing =
    (status: number, photo = SMALL): Answer =>
    (request, response) => {
      const part = partOf(request, photo);
      if (request.headers.range === undefined) sendWhole(response, photo);
      else if (part && status !== 403) sendPart(response, photo, part);
      else response.writeHead(status, { "content-length": "0" }).end();
    };

  for (const status of [400, 403]) {
    it(`with ${status} is asked for the whole at once, and for nothing else when that was so twice`, async () => {
      const { read } = setup(refusing(status));
      for (let time = 0; time < 2; time += 1) assert.deepEqual(await read(), [HEAD_RANGE, undefined]);
      assert.deepEqual(await read(), [undefined]);
      assert.deepEqual(fetching.waits, []);
    });
  }

  for (const status of [500, 501]) {
    it(`with ${status} is asked for the whole when it is asked again, and for nothing else when that was so twice`, async () => {
      const { read } = setup(refusing(status));
      for (let time = 0; time < 2; time += 1) assert.deepEqual(await read(), [HEAD_RANGE, undefined]);
      assert.deepEqual(await read(), [undefined]);
      assert.equal(fetching.waits.length, 2);
    });
  }

  it("is still asked for parts of its large photos when it refuses them of the small ones only", async () => {
    const { read } = setup((request, response) =>
      refusing(500, request.url?.endsWith("large.jpg") ? LARGE : TINY)(request, response),
    );
    for (let time = 0; time < 3; time += 1) {
      assert.equal((await read(TINY)).at(-1), undefined);
      assert.match((await read(LARGE, "large.jpg"))[0] ?? "", /^bytes=0-/);
    }
  });

  it("with 403 is told apart from one that refuses the file, which is soon asked once a file", async () => {
    fetching = startFetching();
    const hits: number[] = [];
    for (const path of ["/forbidden/1", "/forbidden/2", "/forbidden/3", "/forbidden/4"]) {
      host.route(path, { kind: "status", status: 403 });
      await assert.rejects(fetching.open(host.url(path)).prefix(1), { code: "forbidden" });
      hits.push(host.hits(path));
    }
    assert.deepEqual(hits, [2, 2, 2, 1]);
  });
});

describe("an empty object", () => {
  givenTheHost();

  for (const [kind, status, headers] of [
    ["a part that cannot be", 206, { "content-range": "bytes 0-32767/0" }],
    ["a part without a place", 206, {}],
    ["a refusal that tells no length", 416, {}],
    ["a refusal that tells it", 416, { "content-range": "bytes */0" }],
  ] as const) {
    it(`behind ${kind} is named`, async () => {
      const { read } = setup((request, response) => {
        const isPart = request.headers.range !== undefined;
        response.writeHead(isPart ? status : 200, { "content-length": "0", ...(isPart ? headers : {}) }).end();
      });
      await assert.rejects(read(), { code: "empty_body" });
    });
  }
});

describe("a redirect to a name that is not ASCII", () => {
  givenTheHost();

  it("written in UTF-8 is followed as browsers do", async () => {
    const { read } = setup((request, response) => {
      if (request.url?.endsWith("start.jpg")) {
        const location = Buffer.from("Fotos/Geschäft à côté €.jpg").toString("latin1");
        response.writeHead(302, { location, "content-length": "0" }).end();
      } else sendWhole(response, SMALL);
    });
    const name = new URL("Fotos/Geschäft à côté €.jpg", `${host.url(`/odd/${paths + 1}/start.jpg`)}`).pathname;
    host.route(name, { kind: "file", bytes: SMALL });
    assert.deepEqual(await read(SMALL, "start.jpg"), [HEAD_RANGE]);
    assert.equal(host.hits(name), 1);
  });

  it("written in Latin-1 is followed as it is", async () => {
    const { read } = setup((_request, response) => {
      response.writeHead(302, { location: "Gesch\xe4ft.jpg", "content-length": "0" }).end();
    });
    const name = new URL("Gesch\xe4ft.jpg", host.url(`/odd/${paths + 1}/start.jpg`)).pathname;
    host.route(name, { kind: "file", bytes: SMALL });
    assert.deepEqual(await read(SMALL, "start.jpg"), [HEAD_RANGE]);
  });
});

describe("a Content-Encoding that compresses nothing", () => {
  givenTheHost();

  for (const encoding of ["aws-chunked", "UTF-8", "none", "binary", "identity", "", "aws-chunked, identity"]) {
    it(`("${encoding}") does no harm`, async () => {
      const { read } = setup((_request, response) => sendWhole(response, SMALL, 200, { "content-encoding": encoding }));
      await read();
    });
  }

  for (const encoding of ["gzip", "br", "aws-chunked, gzip", "base64"]) {
    it(`("${encoding}") is not one that does`, async () => {
      const { read } = setup((_request, response) => sendWhole(response, SMALL, 200, { "content-encoding": encoding }));
      await assert.rejects(read(), { code: "http_error", message: /in the encoding/ });
    });
  }
});

describe("a photo that comes with another status than 200", () => {
  givenTheHost();

  for (const status of [201, 203]) {
    it(`(${status}) is a photo`, async () => {
      const { read } = setup((_request, response) => sendWhole(response, SMALL, status));
      assert.deepEqual(await read(), [HEAD_RANGE]);
    });
  }

  it("(202, with a time to wait) is waited for", async () => {
    let asked = 0;
    const { read } = setup((_request, response) => {
      asked += 1;
      if (asked < 3) response.writeHead(202, { "retry-after": "2", "content-length": "0" }).end();
      else sendWhole(response, SMALL);
    });
    await read();
    assert.deepEqual(fetching.waits, [2_000, 2_000]);
  });

  it("(202, without one) never comes", async () => {
    const { read } = setup((_request, response) => void response.writeHead(202, { "content-length": "0" }).end());
    await assert.rejects(read(), { code: "http_error", message: "127.0.0.1 answered 202 Accepted" });
    assert.deepEqual(fetching.waits, []);
  });
});

describe("what leads nowhere is named for what it is", () => {
  givenTheHost();

  it("a redirect that does not say where", async () => {
    const { read } = setup((_request, response) => void response.writeHead(302, { "content-length": "0" }).end());
    const message = "127.0.0.1 answered 302 Found without telling where (no Location)";
    await assert.rejects(read(), { code: "http_error", message });
  });

  it("a # in a file's name", async () => {
    const { read } = setup((_request, response) => void response.writeHead(404, { "content-length": "0" }).end());
    await assert.rejects(read(SMALL, "photo#1.jpg"), {
      code: "not_found",
      message:
        "127.0.0.1 answered 404 Not Found; what follows the # in the URL was not sent: in a file's name it is written %23",
    });
  });
});
