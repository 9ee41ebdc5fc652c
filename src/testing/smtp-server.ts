/** A mail server on loopback that takes every mail, or refuses every recipient. Tests only. */
import { once } from "node:events";
import { createServer } from "node:net";

export type ReceivedMail = { readonly from: string; readonly to: readonly string[]; readonly text: string };

export async function startSmtpServer(
  t: { after(end: () => unknown): void },
  { refuses = false }: { readonly refuses?: boolean } = {},
) {
  const mails: ReceivedMail[] = [];
  const came = new Set<() => void>();
  const server = createServer((socket) => {
    let [from, to, data]: [string, string[], string[] | null] = ["", [], null];
    let rest = "";
    const say = (line: string) => socket.write(`${line}\r\n`);
    say("220 loopback");
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      const lines = (rest + bytes.toString()).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (data !== null) {
          if (line !== ".") {
            data.push(line);
            continue;
          }
          mails.push({ from, to, text: data.join("\n") });
          [from, to, data] = ["", [], null];
          say("250 kept as 1");
          for (const told of came) told();
        } else if (/^(?:EHLO|HELO)/i.test(line)) say("250 loopback");
        else if (/^MAIL FROM:/i.test(line)) {
          from = line.slice("MAIL FROM:".length);
          say("250 fine");
        } else if (/^RCPT TO:/i.test(line)) {
          to.push(line.slice("RCPT TO:".length));
          say(refuses ? "550 nobody of that name" : "250 fine");
        } else if (/^DATA/i.test(line)) {
          data = [];
          say("354 go on");
        } else if (/^QUIT/i.test(line)) {
          say("221 good bye");
          socket.end();
        } else say("250 fine");
      }
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("the mail server must listen on a port");
  return {
    url: `smtp://127.0.0.1:${bound.port}`,
    mails,
    /** Resolves when so many mails came. */
    received: (count: number) =>
      new Promise<readonly ReceivedMail[]>((resolve) => {
        const look = () => {
          if (mails.length < count) return;
          came.delete(look);
          resolve(mails);
        };
        came.add(look);
        look();
      }),
  };
}
