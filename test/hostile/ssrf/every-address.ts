/**
 * Listens at every address of the network that the test owns. A connection to an address that was declared public is served; any other is a canary:
 * counted when the kernel hands it over, before a single byte, and closed.
 */
import { once } from "node:events";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer, type Server } from "node:net";

/** Where the canaries sit; every hostile URL leads to one of these ports. */
export const PORTS = [80, 443, 1_024, 8_000, 8_443, 65_535] as const;

export type EveryAddress = {
  /** Connections to addresses that nobody may reach, as `address port`, in order. */
  readonly canaries: readonly string[];
  /** Connections to public addresses, by address. */
  readonly served: ReadonlyMap<string, number>;
  close(): void;
};

export async function listenEverywhere(publicAddresses: readonly string[], serve: RequestListener) {
  const canaries: string[] = [];
  const served = new Map<string, number>();
  const isPublic = new Set(publicAddresses);
  const http = createHttpServer(serve);

  async function listen(host: "0.0.0.0" | "::", port: number): Promise<Server> {
    const server = createServer((socket) => {
      const { localAddress = "unknown" } = socket;
      if (isPublic.has(localAddress)) {
        served.set(localAddress, (served.get(localAddress) ?? 0) + 1);
        http.emit("connection", socket);
        return;
      }
      canaries.push(`${localAddress} ${port}`);
      socket.on("error", () => {}).destroy();
    });
    server.listen({ host, port, ipv6Only: host === "::" });
    await once(server, "listening");
    return server;
  }

  const servers = await Promise.all(PORTS.flatMap((port) => [listen("0.0.0.0", port), listen("::", port)]));
  return {
    canaries,
    served,
    close() {
      http.closeAllConnections();
      for (const server of servers) server.close();
    },
  } satisfies EveryAddress;
}
