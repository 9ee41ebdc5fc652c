/**
 * Why a TLS handshake failed, in words for whoever can mend it: which certificate is missing, old, or somebody else's. Must never pass on more of a
 * stranger's certificate than a few printable names.
 */
import type { DetailedPeerCertificate, PeerCertificate } from "node:tls";
import { ImageFault } from "../../domain/error-codes.ts";

/** What a host showed of itself; null when it came to no certificate. */
export type Shown = DetailedPeerCertificate | null;

const MOST_NAMES = 3;
const NAME_CHARACTERS = 80;
const TRUST_IT = "to trust it here, set NODE_EXTRA_CA_CERTS to a file with its certificate";

export function tlsFault(code: string, hostname: string, shown: Shown, cause: Error): ImageFault {
  const why = shown === null || Object.keys(shown).length === 0 ? null : explain(code, hostname, shown);
  const detail = `the TLS handshake with ${hostname} failed (${code})${why === null ? "" : `: ${why}`}`;
  return new ImageFault("tls_failed", detail, { cause });
}

/** The codes are OpenSSL's (x509_vfy.h) and Node's own. */
function explain(code: string, hostname: string, shown: DetailedPeerCertificate): string | null {
  switch (code) {
    case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
      return `it sends its own certificate and not that of ${issuerOf(shown)}, which signed it; whoever runs ${hostname} must send the whole chain, or, until then, NODE_EXTRA_CA_CERTS name a file with the missing one`;
    case "UNABLE_TO_GET_ISSUER_CERT":
    case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
    case "SELF_SIGNED_CERT_IN_CHAIN":
      return `its certificates end at ${issuerOf(endOfChain(shown))}, which this machine does not know; ${TRUST_IT}`;
    case "DEPTH_ZERO_SELF_SIGNED_CERT":
      return `its certificate is signed by nobody but itself; ${TRUST_IT}`;
    case "CERT_HAS_EXPIRED":
      return `a certificate of its chain is over; its own was valid until ${printable(shown.valid_to)}`;
    case "CERT_NOT_YET_VALID":
      return `a certificate of its chain is not valid yet; its own is from ${printable(shown.valid_from)}`;
    case "ERR_TLS_CERT_ALTNAME_INVALID":
      return `its certificate is for ${namesOf(shown)}`;
    default:
      return null;
  }
}

function endOfChain(shown: DetailedPeerCertificate): DetailedPeerCertificate {
  const seen = new Set<string>();
  let end = shown;
  // The last of a whole chain has itself as its issuer.
  while (end.issuerCertificate && !seen.has(end.fingerprint256)) {
    seen.add(end.fingerprint256);
    end = end.issuerCertificate;
  }
  return end;
}

function issuerOf({ issuer }: PeerCertificate): string {
  const [name] = [issuer?.CN ?? issuer?.O ?? []].flat();
  return name ? `"${printable(name)}"` : "an authority without a name";
}

function namesOf({ subjectaltname, subject }: PeerCertificate): string {
  const names = (subjectaltname ?? [subject?.CN ?? []].flat().join(", "))
    .split(", ")
    .map((name) => printable(name.replace(/^(?:DNS|IP Address):/, "")))
    .filter((name) => name !== "");
  if (names.length === 0) return "no name";
  const more = names.length - MOST_NAMES;
  return `${names.slice(0, MOST_NAMES).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function printable(text: string): string {
  return text.replace(/[\p{C}"]/gu, "").slice(0, NAME_CHARACTERS);
}
