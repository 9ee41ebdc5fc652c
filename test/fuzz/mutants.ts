/** Faults that somebody might build into a parser one day, each in one door. The fuzz must find every one. */
import type { HeaderAnswer } from "../../src/pipeline/measure/header-answer.ts";
import { type Doors, PRODUCTION } from "./properties.ts";

export type Mutant = {
  readonly name: string;
  readonly doors: Doors;
  /** How the finding must read. */
  readonly shows: RegExp;
};
type Walk = Doors["walk"];

/** Answers for one format in place of its walker; `next` is the walker. */
function walking(format: string, walk: (bytes: Uint8Array, next: () => HeaderAnswer) => HeaderAnswer): Doors {
  const mutated: Walk = (asked, head) => {
    const next = () => PRODUCTION.walk(asked, head);
    return asked === format ? walk(head.bytes, next) : next();
  };
  return { ...PRODUCTION, walk: mutated };
}

const sized = (width: number, height: number): HeaderAnswer => ({ kind: "size", width, height, orientation: null });

export const MUTANTS: readonly Mutant[] = [
  {
    name: "a GIF walker that reads the memory behind its bytes",
    shows: /reads past a prefix/,
    doors: walking("gif", (bytes, next) => {
      if (bytes.length < 7 || bytes.length >= 10) return next();
      const memory = new Uint8Array(bytes.buffer);
      const at = bytes.byteOffset + 6;
      return sized(1 + (memory[at] ?? 0), 1 + (memory[at + 2] ?? 0));
    }),
  },
  {
    name: "a PNG walker that takes it for granted that the header is there",
    shows: /RangeError/,
    doors: walking("png", (bytes, next) => {
      new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(20);
      return next();
    }),
  },
  {
    name: "a BMP walker that asks for what it has",
    shows: /needs 29 bytes of 29/,
    doors: walking("bmp", (bytes, next) => (bytes.length === 29 ? { kind: "need", bytes: 29 } : next())),
  },
  {
    name: "a WebP walker that takes missing bytes for zeros",
    shows: /thought better|not what the walker says|led elsewhere/,
    doors: walking("webp", (bytes, next) => {
      if (bytes.length < 26 || bytes[15] !== 0x58) return next();
      return sized(1 + (bytes[24] ?? 0) + 256 * (bytes[25] ?? 0) + 65_536 * (bytes[26] ?? 0), 1 + (bytes[27] ?? 0));
    }),
  },
  {
    name: "a PSD walker with signed numbers",
    shows: /says -/,
    doors: walking("psd", (_bytes, next) => {
      const answer = next();
      return answer.kind === "size" ? sized(answer.width | 0, answer.height | 0) : answer;
    }),
  },
  {
    name: "a JPEG walker that gives up on a file whose segment is cut",
    shows: /thought better/,
    doors: walking("jpeg", (_bytes, next) => {
      const answer = next();
      return answer.kind === "need" ? { kind: "fault", code: "corrupt", detail: "a segment is cut" } : answer;
    }),
  },
  {
    name: "an AVIF walker that never gets past a box of length 0",
    shows: /took more than \d+ ms/,
    doors: walking("avif", (bytes, next) => {
      const empty = bytes.findIndex(
        (_, at) => at > 23 && at % 4 === 0 && bytes.subarray(at, at + 4).every((byte) => byte === 0),
      );
      const isBox = empty > 0 && (bytes[empty + 4] ?? 0) > 0x60 && (bytes[empty + 5] ?? 0) > 0x60;
      for (let at = empty; isBox && at < bytes.length; ) at += 0;
      return next();
    }),
  },
  {
    name: "a TIFF walker that makes room for as many values as the file says",
    shows: /took more than \d+ MB/,
    doors: walking("tiff", (bytes, next) => {
      const values = (bytes[14] ?? 0) * 2 ** 16 + (bytes[15] ?? 0) * 2 ** 24;
      const room = new Uint8Array(Math.min(values, 2 ** 30)).fill(1);
      return room[0] === 2 ? sized(1, 1) : next();
    }),
  },
  {
    name: "a detection that takes any text with an image inside for one",
    shows: /although|is not/,
    doors: {
      ...PRODUCTION,
      detect: (bytes) => {
        const isPage = Buffer.from(bytes).includes("<svg");
        return isPage ? { kind: "format", format: "gif" } : PRODUCTION.detect(bytes);
      },
    },
  },
  {
    name: "a measurer that loses the cause",
    shows: /without a cause/,
    doors: {
      ...PRODUCTION,
      measure: async (bytes) => {
        const outcome = await PRODUCTION.measure(bytes);
        return outcome.kind === "failed" && outcome.code === "zero_dimension"
          ? { kind: "failed", code: "internal", detail: "" }
          : outcome;
      },
    },
  },
];
