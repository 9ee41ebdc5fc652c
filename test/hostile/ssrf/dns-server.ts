/**
 * A name server that lies as it is told, and counts what it was asked. Speaks just enough DNS (RFC 1035) for A, AAAA and CNAME; every answer has the
 * time to live 0, so that whoever wants to know twice must ask twice. Tests only; listens on loopback.
 */
import { createSocket } from "node:dgram";
import { once } from "node:events";

const TYPE = { A: 1, CNAME: 5, AAAA: 28 } as const;
const RCODE = { noError: 0, serverFailure: 2, noSuchName: 3, refused: 5 } as const;

export type RecordType = "A" | "AAAA";

export type NameAnswer =
  /** IPv4 and IPv6 addresses; `through` are the CNAMEs that lead there. */
  | { readonly kind: "addresses"; readonly addresses: readonly string[]; readonly through?: readonly string[] }
  | { readonly kind: "fault"; readonly rcode: Exclude<keyof typeof RCODE, "noError"> }
  /** Bytes that are no answer. */
  | { readonly kind: "garbage" }
  | { readonly kind: "silence" };

export type DnsServer = {
  /** How often a name was asked for. */
  asked(name: string, type: RecordType): number;
  close(): void;
};

/** `before`: how often the same question came before. */
export async function startDnsServer(
  answerFor: (question: { readonly name: string; readonly type: RecordType; readonly before: number }) => NameAnswer,
): Promise<DnsServer> {
  const counts = new Map<string, number>();
  const socket = createSocket("udp4");
  socket.on("message", (query, { address, port }) => {
    const question = readQuestion(query);
    const key = `${question.name} ${question.type}`;
    const before = counts.get(key) ?? 0;
    counts.set(key, before + 1);
    const answer = answerFor({ name: question.name, type: question.type, before });
    if (answer.kind !== "silence") socket.send(responseTo(query, question, answer), port, address);
  });
  socket.bind(53, "127.0.0.1");
  await once(socket, "listening");
  return {
    asked: (name, type) => counts.get(`${name} ${type}`) ?? 0,
    close: () => socket.close(),
  };
}

type Question = { readonly name: string; readonly type: RecordType; readonly end: number };

const HEADER_BYTES = 12;

function readQuestion(query: Buffer): Question {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  const type = query.readUInt16BE(at + 1) === TYPE.AAAA ? "AAAA" : "A";
  return { name: labels.join(".").toLowerCase(), type, end: at + 5 };
}

function responseTo(query: Buffer, question: Question, answer: Exclude<NameAnswer, { kind: "silence" }>): Buffer {
  if (answer.kind === "garbage") return Buffer.concat([query.subarray(0, 2), Buffer.alloc(40, 0xff)]);
  const records = answer.kind === "addresses" ? recordsOf(question, answer) : [];
  const header = Buffer.alloc(HEADER_BYTES);
  query.copy(header, 0, 0, 2);
  // An answer, recursion desired and available.
  header.writeUInt16BE(0x8180 | (answer.kind === "fault" ? RCODE[answer.rcode] : RCODE.noError), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  return Buffer.concat([header, query.subarray(HEADER_BYTES, question.end), ...records]);
}

function recordsOf(
  { name, type }: Question,
  { addresses, through = [] }: Extract<NameAnswer, { kind: "addresses" }>,
): readonly Buffer[] {
  const owners = [name, ...through];
  const chain = through.map((to, step) => recordOf(owners[step] ?? name, TYPE.CNAME, encodeName(to)));
  const end = owners.at(-1) ?? name;
  const wanted = addresses.filter((address) => address.includes(":") === (type === "AAAA"));
  return [...chain, ...wanted.map((address) => recordOf(end, TYPE[type], bytesOf(address)))];
}

function recordOf(owner: string, type: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(type, 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([encodeName(owner), fixed, data]);
}

function encodeName(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function bytesOf(address: string): Buffer {
  if (!address.includes(":")) return Buffer.from(address.split(".").map(Number));
  // The URL parser turns a dotted end into groups.
  const [head = "", tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split("::");
  const groups = (part: string) => (part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16)));
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - groups(head).length - after.length }, () => 0);
  const bytes = Buffer.alloc(16);
  for (const [place, group] of [...groups(head), ...zeros, ...after].entries()) bytes.writeUInt16BE(group, place * 2);
  return bytes;
}
