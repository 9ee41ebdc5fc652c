/** Hosts that misbehave before a single byte of HTTP, on the port where TLS is spoken. Tests only. */
import type { Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import { type Certificate, createCertificate } from "./certificate.ts";
import { type HostileHost, PHOTO } from "./hostile-hosts.ts";
import { drip } from "./raw-host.ts";

/** A host of TLS, and the authority that would vouch for it, so that nothing but its own fault is in its way. */
export type HostileTlsHost = HostileHost & { readonly ca: string | null };

const DAY_HOURS = 24;
/** The record's type, its version, its length: then a ServerHello that says nothing more. */
const HELLO_BEGINS = "\x16\x03\x03\x00\x7a\x02\x00\x00\x76\x03\x03";

function speaking(
  name: string,
  ends: HostileHost["ends"],
  tls: Certificate & TlsOptions,
  trusted = true,
): HostileTlsHost {
  const answer = (socket: Socket) =>
    void socket.end(
      `HTTP/1.1 200 OK\r\ncontent-length: ${PHOTO.length}\r\n\r\n${Buffer.from(PHOTO).toString("latin1")}`,
      "latin1",
    );
  return { name, ends, host: { kind: "answer", tls, answer }, ca: trusted ? tls.cert : null };
}

function handshaking(name: string, ends: HostileHost["ends"], onHello: (socket: Socket) => void): HostileTlsHost {
  const connect = (socket: Socket) => void socket.once("data", () => onHello(socket));
  return { name, ends, host: { kind: "connect", connect }, ca: null };
}

/** Made when asked for: a certificate has its time. */
export function hostileTlsHosts(): readonly HostileTlsHost[] {
  const good = createCertificate([], ["127.0.0.1"]);
  return [
    speaking("has a good certificate", "measured", good),
    speaking("vouches for itself", "tls_failed", good, false),
    speaking(
      "has a certificate of yesterday",
      "tls_failed",
      createCertificate([], ["127.0.0.1"], { hoursLater: -DAY_HOURS }),
    ),
    speaking(
      "has a certificate of tomorrow",
      "tls_failed",
      createCertificate([], ["127.0.0.1"], { hoursLater: DAY_HOURS }),
    ),
    speaking("has a certificate for another name", "tls_failed", createCertificate(["other.example"])),
    speaking("has a certificate for another address", "tls_failed", createCertificate([], ["127.0.0.2"])),
    speaking("speaks TLS 1.0 and no other", "tls_failed", {
      ...good,
      minVersion: "TLSv1",
      maxVersion: "TLSv1",
      ciphers: "ALL@SECLEVEL=0",
    }),
    speaking("speaks no cipher of today", "tls_failed", {
      ...good,
      maxVersion: "TLSv1.2",
      ciphers: "ECDHE-ECDSA-NULL-SHA@SECLEVEL=0",
    }),
    speaking("speaks another protocol within TLS", "tls_failed", { ...good, ALPNProtocols: ["h2"] }),
    handshaking("speaks plain HTTP where TLS is spoken", "tls_failed", (socket) => {
      socket.end("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n");
    }),
    handshaking(
      "answers the greeting with noise",
      "tls_failed",
      (socket) => void socket.end(Buffer.alloc(2_000, 0xa5)),
    ),
    handshaking(
      "answers the greeting with an alert",
      "tls_failed",
      (socket) => void socket.end("\x15\x03\x03\x00\x02\x02\x28", "latin1"),
    ),
    handshaking("never ends its handshake", "timeout", (socket) => void socket.write(HELLO_BEGINS, "latin1")),
    handshaking("drips its handshake", "timeout", (socket) => drip(socket, HELLO_BEGINS.padEnd(127, "\0"), 20)),
    handshaking("never begins its handshake", "timeout", () => {}),
    handshaking("hangs up amid the handshake", "connect_failed", (socket) => void socket.end(HELLO_BEGINS, "latin1")),
    handshaking("hangs up at the greeting", "connect_failed", (socket) => socket.destroy()),
    handshaking("resets the connection amid the handshake", "connect_failed", (socket) => socket.resetAndDestroy()),
  ];
}
