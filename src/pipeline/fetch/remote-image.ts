/**
 * One remote file as a ByteSource: asks for its beginning, more of it, its end or all of it, and keeps what came. Never mixes bytes
 * of two versions of the file, never inflates, never hands out what a host did not prove. One call at a time.
 */
import { ImageFault } from "../../domain/error-codes.ts";
import type { ByteSource, Prefix } from "../byte-source.ts";
import type { Attempts, Try } from "./attempts.ts";
import type { Buffers } from "./buffer-pool.ts";
import { type ContentRange, totalOfUnsatisfied } from "./content-range.ts";
import { emptyFile, tooLarge } from "./file-faults.ts";
import { createFlowingBody, type FlowingBody } from "./flowing-body.ts";
import { isIdentity, textOf } from "./headers.ts";
import type { Host } from "./hosts.ts";
import { createKnownFile } from "./known-file.ts";
import { type Asked, partOf, rangeText, readPart, unaskedPart } from "./partial.ts";
import type { Asker, Received, Requests, Wanted } from "./requests.ts";
import { isRetryable } from "./retry.ts";
import { dropEnd, takeEnd } from "./second-answer.ts";
import type { FetchSettings } from "./settings.ts";
import { isWhole } from "./status-rules.ts";
import { asFault } from "./transport-fault.ts";
import { AT_HOME } from "./way.ts";

export type RemoteImage = ByteSource & {
  /** Requests made in earnest: 1 and the retries, 0 before the first. */
  attempts(): number;
  /** To be called when no call is under way and nobody reads the image's bytes any more: their buffer serves another image. */
  release(): void;
};

/** A beginning that did not do is made as long as this at least, or longer by it: 96 of 100 camera JPEGs tell their size within it. */
const PART_BYTES = 64 * 1_024;

/** What was asked of a host: a part of the file or all of it, and perhaps the file's last bytes beside. */
type Question = { readonly asked: Asked | null; readonly tail: number };

type Deps = {
  readonly parseUrl: () => URL;
  readonly asker: Asker;
  readonly requests: Requests;
  readonly attempts: Attempts;
  readonly buffers: Pick<Buffers, "giveBack">;
  readonly settings: FetchSettings;
};

export function createRemoteImage(deps: Deps): RemoteImage {
  return new FetchedImage(deps);
}

/**
 * A class, as the other parts that each image has one of: functions made for each image were a fifth of what it allocates, and the collector copies
 * them as long as it waits for its host.
 */
class FetchedImage implements RemoteImage {
  private readonly deps: Deps;
  private readonly maxBytes: number;
  private readonly file = createKnownFile();
  private url: URL | undefined;
  private way = AT_HOME;
  private host: Host | undefined;
  /** Set when the host cannot serve a part of this file. */
  private onlyWhole = false;
  /** Set while it is open whether a file that was refused in parts may be had as a whole. */
  private refused = false;
  /** Null until a whole file is on its way. */
  private flow: FlowingBody | null = null;
  /** What the file's reader asked for, for the host's next files. */
  private neededBytes = 0;
  private neededTail = 0;
  private neededWhole = false;

  constructor(deps: Deps) {
    this.deps = deps;
    this.maxBytes = deps.settings.maxImageBytes;
  }

  attempts(): number {
    return this.deps.attempts.count();
  }

  release(): void {
    const { file, deps } = this;
    if (this.host && this.neededBytes > 0 && !this.neededWhole) this.learn(this.host);
    // A body that still flows writes into its buffer; that one is left to the collector.
    if (!this.flows() && !deps.attempts.isUnderWay) {
      deps.buffers.giveBack(file.head);
      if (file.end) deps.buffers.giveBack(file.end);
    }
    file.dropBytes();
  }

  totalBytes(): number | null {
    return this.file.total;
  }

  prefix(atLeast: number): Promise<Prefix> {
    this.neededBytes = Math.max(this.neededBytes, atLeast);
    if (this.file.complete || this.file.head.length >= atLeast) return Promise.resolve(this.beginning(atLeast));
    return this.longerBeginning(atLeast);
  }

  tail(length: number): Promise<Uint8Array> {
    this.neededTail = Math.max(this.neededTail, length);
    const there = this.endOf(length);
    return there ? Promise.resolve(there) : this.deps.attempts.run((within) => this.fetchEnd(length, within));
  }

  async whole(): Promise<Uint8Array> {
    const { file } = this;
    this.neededWhole = true;
    if (!file.complete) await this.grow(Number.POSITIVE_INFINITY);
    this.refuseLength(file.head.length);
    file.handOut(file.head.length);
    return file.head;
  }

  private async ask(askedOf: (host: Host) => Asked | null, within: Try): Promise<void> {
    this.url ??= this.deps.parseUrl();
    let question: Question = { asked: null, tail: 0 };
    const wantedOf = (at: Host): Wanted => {
      question = this.questionFor(at, askedOf(at));
      const { asked, tail } = question;
      return {
        range: asked && { bytes: rangeText(asked), ifRange: this.file.ifRange },
        beside: tail === 0 ? null : { bytes: rangeText({ kind: "suffix", length: tail }), ifRange: null },
      };
    };
    const { requests, asker } = this.deps;
    let received: Received;
    try {
      received = await requests.get(this.url, this.way, wantedOf, asker, within);
    } catch (error) {
      if (this.refused) this.host?.ranges.wholeWasRefused();
      this.refused = false;
      throw error;
    }
    this.url = received.url;
    this.way = received.way;
    this.host = received.host;
    if (!isIdentity(received.headers)) {
      received.body.discard();
      dropEnd(received);
      const encoding = textOf(received.headers["content-encoding"]).slice(0, 40);
      const sent = `${received.url.hostname} sent the file in the encoding "${encoding}", asked for none`;
      throw new ImageFault("http_error", sent);
    }
    const parts = this.take(received, question, within);
    if (parts !== null) await parts;
  }

  /** The end is asked for along with the beginning where the host's files were read so, and where it keeps the order of two answers. */
  private questionFor({ ranges }: Host, asked: Asked | null): Question {
    if (this.onlyWhole || ranges.ignored || asked === null) return { asked: null, tail: 0 };
    const isBeginning =
      asked.kind === "span" && asked.first === 0 && asked.last !== null && this.file.end === undefined;
    return { asked, tail: isBeginning && ranges.order.isKept ? ranges.first.tail : 0 };
  }

  /** Parts have yet to come in; null where nothing is to be waited for. */
  private take(received: Received, { asked, tail }: Question, within: Try): Promise<void> | null {
    if (received.status === 206) return this.takeParts(received, asked, tail, within);
    dropEnd(received);
    if (received.status === 416) this.takeUnsatisfied(received);
    else if (isWhole(received.status)) this.takeWhole(received, asked);
    else this.takeRefusal(received);
    return null;
  }

  private async takeParts(received: Received, asked: Asked | null, tail: number, within: Try): Promise<void> {
    const { body, host, beside, onKept } = received;
    const { hostname } = received.url;
    try {
      const part = this.partIn(received, asked, tail);
      if (part === null) return dropEnd(received);
      this.file.addPart(part, await readPart(received, part, hostname));
      host.ranges.wereServed();
      if (onKept) host.ranges.order.wasProven();
      if (beside !== null)
        await takeEnd(beside, host.ranges.order, this.file, { hostname, length: tail }, within.signal);
    } catch (error) {
      dropEnd(received);
      throw asFault(error, hostname);
    } finally {
      body.discard();
    }
  }

  /** The part that an answer brings of the file that was begun; null where it is another one. */
  private partIn(received: Received, asked: Asked | null, tail: number): ContentRange | null {
    const { file } = this;
    const { hostname } = received.url;
    const { ranges } = received.host;
    if (asked === null) throw unaskedPart(received, hostname);
    const part = partOf(received, asked);
    if (part === null) {
      received.body.cancel(new Error("not the part that was asked for"));
      // It may have been the other of two answers; if not, the next one will show it.
      if (tail > 0) ranges.order.wasBroken();
      else this.onlyWhole = true;
      if (tail === 0 && asked.kind === "span") ranges.wereContradicted();
      return null;
    }
    if (!file.agreesWith(received.headers, part.total)) {
      file.startOver(hostname);
      return null;
    }
    if (asked.kind === "span" && asked.last === null) this.refuseLength(part.last + 1);
    return part;
  }

  /** 416: there is nothing from here on, or the host cannot serve parts of this file. */
  private takeUnsatisfied(received: Received): void {
    received.body.discard();
    const length = totalOfUnsatisfied(textOf(received.headers["content-range"]));
    if (length === 0) throw emptyFile(received.url.hostname);
    if (length !== null && length === this.file.head.length) this.file.endsAt(length);
    else this.onlyWhole = true;
  }

  /** Hosts that cannot serve a part of a file refuse it in many ways; the whole file may be had all the same. */
  private takeRefusal({ body, refusal, host: { ranges } }: Received): void {
    body.discard();
    if (refusal === null) throw new Error("an answer is neither a file nor refused");
    if (this.file.head.length > 0 || !ranges.wholeMayHelp || refusal.code === "url_expired") throw refusal;
    this.onlyWhole = true;
    this.refused = true;
    // What may pass by itself is not asked for again at once.
    if (isRetryable(refusal)) throw refusal;
  }

  /** The whole file is coming, from its first byte. */
  private takeWhole(received: Received, asked: Asked | null): void {
    const { headers, body } = received;
    const { ranges } = received.host;
    const isLonger = asked?.kind === "span" && (body.expected === null || body.expected > (asked.last ?? 0) + 1);
    if (textOf(headers["accept-ranges"]) === "bytes") ranges.areServed();
    else if (isLonger && this.file.ifRange === null) ranges.wereIgnored();
    if (this.refused) ranges.wholeHelped();
    this.refused = false;
    this.flow ??= createFlowingBody({
      file: this.file,
      maxBytes: this.maxBytes,
      isWanted: () => this.deps.attempts.isUnderWay,
    });
    this.flow.begin(received);
  }

  private flows(): boolean {
    return this.flow?.isOpen() === true;
  }

  private refuseLength(bytes: number): void {
    if (bytes > this.maxBytes) throw tooLarge(`has ${bytes} bytes`, this.maxBytes);
  }

  private grow(atLeast: number): Promise<void> {
    return this.deps.attempts.run((within) => this.growTo(atLeast, within));
  }

  private async growTo(atLeast: number, within: Try): Promise<void> {
    const { file } = this;
    try {
      while (!file.complete && file.head.length < atLeast) {
        if (this.flow?.isOpen()) await this.flow.read(atLeast, within.signal);
        else await this.ask((at) => this.nextSpan(atLeast, at), within);
      }
    } finally {
      this.flow?.park();
    }
  }

  private nextSpan(atLeast: number, { ranges }: Host): Asked | null {
    const { head, total } = this.file;
    const first = head.length;
    if (atLeast === Number.POSITIVE_INFINITY) {
      this.refuseLength(total ?? 0);
      return first === 0 ? null : { kind: "span", first, last: total === null ? null : total - 1 };
    }
    const enough = first === 0 ? ranges.first.bytes : first < PART_BYTES ? PART_BYTES : first + PART_BYTES;
    const last = Math.max(atLeast, enough) - 1;
    return { kind: "span", first, last: total === null ? last : Math.min(last, total - 1) };
  }

  private learn({ ranges }: Host): void {
    const { complete, head, total } = this.file;
    // Of a file that was there as a whole nobody knows how little would have done.
    ranges.first.learn({ bytes: complete ? head.length : this.neededBytes, tail: this.neededTail, total });
  }

  /** No more than was asked for is shown, so that what is asked for is what the file needs. */
  private beginning(atLeast: number): Prefix {
    const { file } = this;
    const bytes = file.complete ? file.head : file.head.subarray(0, atLeast);
    file.handOut(bytes.length);
    return { bytes, complete: file.complete };
  }

  private async longerBeginning(atLeast: number): Promise<Prefix> {
    const { file, maxBytes } = this;
    await this.grow(Math.min(atLeast, maxBytes));
    if (!file.complete && atLeast > maxBytes) {
      this.refuseLength(file.total ?? 0);
      if (file.total === null) throw tooLarge(`does not end after ${file.head.length} bytes`, maxBytes);
    }
    return this.beginning(atLeast);
  }

  /** The file's last bytes, when they are here already. */
  private endOf(length: number): Uint8Array | null {
    const { complete, head, end } = this.file;
    if (complete) return lastOf(head, length);
    return end !== undefined && end.length >= length ? lastOf(end, length) : null;
  }

  private async fetchEnd(length: number, within: Try): Promise<Uint8Array> {
    for (;;) {
      const there = this.endOf(length);
      if (there) return there;
      const { head, total } = this.file;
      // A short rest, or a body that flows already, is read to its end: the whole file is worth more than its end.
      if (this.flows() || this.onlyWhole || (total !== null && total - head.length <= Math.max(length, PART_BYTES))) {
        await this.growTo(Number.POSITIVE_INFINITY, within);
      } else {
        const asked: Asked =
          total === null ? { kind: "suffix", length } : { kind: "span", first: total - length, last: total - 1 };
        await this.ask(() => asked, within);
      }
    }
  }
}

function lastOf(bytes: Uint8Array, length: number): Uint8Array {
  return bytes.subarray(Math.max(0, bytes.length - length));
}
