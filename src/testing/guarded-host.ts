/** A photo that a host gives to whoever says who asks, and what a tenant keeps for it. Tests only. */
import { type AccessTable, createAccessTable } from "../domain/access-table.ts";
import type { WebAccess } from "../domain/host-access.ts";
import type { Route } from "./image-host.ts";

export const TOKEN = "Token s3cr3t-of-acme";

export function aWebAccess(pattern: string, row: Partial<WebAccess> = {}): WebAccess {
  const headers = row.headers ?? [["Authorization", TOKEN]];
  const query = row.query ?? [];
  return {
    kind: "web",
    pattern,
    userAgent: null,
    overHttp: true,
    ...row,
    headers,
    query,
    headerNames: headers.map(([name]) => name),
    queryNames: query.map(([name]) => name),
  };
}

export function accessTo(pattern: string): AccessTable {
  return createAccessTable([aWebAccess(pattern)]);
}

/** Refuses everybody else. */
export function guardedRoute(bytes: Uint8Array): Route {
  return {
    kind: "custom",
    answer: ({ headers }, response) => {
      if (headers.authorization === TOKEN) response.end(bytes);
      else response.writeHead(401, { "content-length": "0" }).end();
    },
  };
}

/** Gives a file to nobody, and repeats what it was sent in a header that stands in our sentence. */
export const REPEATING_ROUTE: Route = {
  kind: "custom",
  answer: ({ headers }, response) =>
    void response.writeHead(200, { "content-encoding": `${headers.authorization}` }).end("no photo"),
};
