/** Ports of loopback that were free a moment ago, for servers that must be told theirs. Tests only. */
import { once } from "node:events";
import { createServer } from "node:net";

export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port;
}

/** All are held until the last is known, so none comes twice. */
export async function freePorts(count: 1): Promise<readonly [number]>;
export async function freePorts(count: 3): Promise<readonly [number, number, number]>;
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const bound = servers.map((server) => server.address());
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return bound.map((address) => {
    if (address === null || typeof address === "string") throw new Error("a server on a port has a port");
    return address.port;
  });
}
