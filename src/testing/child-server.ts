/** A server of somebody else's as a child process, there when it says where it listens. Tests only. */
import { spawn } from "node:child_process";
import { once } from "node:events";

export type ChildServer = { readonly url: string; close(): Promise<void> };

/** `args` are for the Node that runs the test; `listening` finds the address in what it prints. */
export async function startChildServer(args: readonly string[], listening: RegExp): Promise<ChildServer> {
  const child = spawn(process.execPath, ["--no-warnings", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = once(child, "exit");
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = "";
  const read = (bytes: Buffer) => {
    said = (said + bytes.toString()).slice(-10_000);
    const [, url] = listening.exec(said) ?? [];
    if (url !== undefined) resolve(url);
  };
  child.stdout.on("data", read);
  child.stderr.on("data", read);
  ended.then(() => reject(new Error(`the server ended: ${said}`)));
  return {
    url: await promise,
    async close() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}
