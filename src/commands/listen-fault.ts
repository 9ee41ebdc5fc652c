/** Why the service cannot listen where it should, and what to do: by the system's code, never by its message. */

const ADVICE: Readonly<Record<string, string>> = {
  EADDRINUSE: "another program listens there. Stop it, or choose another --port",
  EADDRNOTAVAIL: "this machine has no such address. Choose another --host",
  EAFNOSUPPORT: "this machine does not speak that kind of address. Choose another --host",
  ENOTFOUND: "no machine has this name. Choose another --host",
  EAI_AGAIN: "the name could not be looked up. Choose another --host",
  EACCES: "this user may not take that port. Choose another --port",
};

/** A sentence for an error of `listen`, or of looking its host up; nothing for any other error. */
export function listenFault(error: unknown, place = ""): string | null {
  if (!(error instanceof Error && "syscall" in error && "code" in error)) return null;
  if (error.syscall !== "listen" && error.syscall !== "getaddrinfo") return null;
  const advice = ADVICE[String(error.code)] ?? "Choose another --host or --port";
  return `the service cannot listen on ${place || placeOf(error)}: ${advice}`;
}

function placeOf(error: Error): string {
  if ("hostname" in error) return String(error.hostname);
  const { address, port } = { address: "the address", port: "", ...error };
  return port === "" ? String(address) : `${address}:${port}`;
}
