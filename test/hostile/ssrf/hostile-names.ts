/** What the test's name server says: names that lead to private addresses in every way a name can, names that change, names that lead nowhere. */
import type { NameAnswer } from "./dns-server.ts";
import { HONEST_V4, HONEST_V6 } from "./public-addresses.ts";

/** One address each, as records say it; the first of them stands for all in names with more records. */
const PRIVATE_RECORDS = [
  ...["10.0.0.1", "127.0.0.1", "0.0.0.0", "169.254.169.254", "100.100.100.200", "168.63.129.16", "172.31.255.255"],
  ...["192.168.0.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fd00:ec2::254", "fe80::1"],
  ...["::ffff:7f00:1", "::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::1", "2600::5efe:a00:1", "ff02::1"],
];

const addresses = (...list: readonly string[]): NameAnswer => ({ kind: "addresses", addresses: list });
const manyPublic = Array.from({ length: 20 }, (_, last) => `93.184.216.${last + 1}`);

const TO_PRIVATE: Readonly<Record<string, NameAnswer>> = {
  ...Object.fromEntries(PRIVATE_RECORDS.map((address, no) => [`private-${no}.test`, addresses(address)])),
  "mixed-first.test": addresses("10.0.0.1", HONEST_V4),
  "mixed-last.test": addresses(HONEST_V4, "10.0.0.1"),
  "mixed-many.test": addresses(...manyPublic, "169.254.169.254"),
  "mixed-families.test": addresses(HONEST_V4, "::1"),
  "mixed-families-2.test": addresses("127.0.0.1", HONEST_V6),
  "mixed-mapped.test": addresses(HONEST_V4, HONEST_V6, "::ffff:5db8:d822"),
  "cname.test": { kind: "addresses", through: ["db.corp.test"], addresses: ["10.0.0.1"] },
  "cname-to-localhost.test": { kind: "addresses", through: ["localhost"], addresses: ["127.0.0.1", "::1"] },
  "cname-to-metadata.test": {
    kind: "addresses",
    through: ["metadata.google.internal"],
    addresses: ["169.254.169.254"],
  },
  "cname-chain.test": {
    kind: "addresses",
    through: ["a.test", "b.test", "c.test"],
    addresses: [HONEST_V4, "fd00:ec2::254"],
  },
  "localhost.evil.test": addresses("127.0.0.1"),
  "metadata.google.internal.evil.test": addresses("169.254.169.254"),
  "xn--localhst-jgg.test": addresses("127.0.0.1"),
  "metadata.goog": addresses("169.254.169.254"),
  "instance-data": addresses("169.254.169.254"),
  metadata: addresses("169.254.169.254"),
  intranet: addresses("10.0.0.1"),
  localhost4: addresses("127.0.0.1"),
  "ip6-localhost": addresses("::1"),
  // What the URL parser makes of a host with two dots behind it is no address and no local name to it.
  "127.0.0.1": addresses("127.0.0.1"),
  localhost: addresses("127.0.0.1", "::1"),
};

const FAULTY: Readonly<Record<string, NameAnswer>> = {
  "no-such-name.test": { kind: "fault", rcode: "noSuchName" },
  "server-failure.test": { kind: "fault", rcode: "serverFailure" },
  "refused.test": { kind: "fault", rcode: "refused" },
  "garbage.test": { kind: "garbage" },
  "no-records.test": addresses(),
  "cname-to-nowhere.test": { kind: "addresses", through: ["nowhere.test"], addresses: [] },
  // In the hosts file it has a private address, which is nothing to go by.
  "only-in-the-hosts-file.test": { kind: "fault", rcode: "noSuchName" },
};

/** `silence-….test`: nobody answers. */
const SILENCE = /^silence-\w+\.test$/;

/** Names with an address in them, as some public services resolve them. */
const EMBEDDED = ["127.0.0.1", "10.0.0.1", "169.254.169.254", "192.168.1.1", "0.0.0.0"].flatMap((address) => [
  `${address}.nip.test`,
  `photos.${address}.nip.test`,
  `${address.replaceAll(".", "-")}.nip.test`,
]);

export const NAMES_TO_PRIVATE: readonly string[] = [
  ...Object.keys(TO_PRIVATE).filter((name) => !["127.0.0.1", "localhost"].includes(name)),
  ...EMBEDDED,
  ...["127.0.0.1..", "localhost..", "CNAME.Test", "mixed-last.test.", "ｃｎａｍｅ．ｔｅｓｔ"],
];
export const NAMES_TO_NOWHERE: readonly string[] = Object.keys(FAULTY);
export const NAMES_WITHOUT_ANSWER: readonly string[] = ["silence-1.test"];

/** `rebinding-….test`: public when first asked, private for whoever asks again before connecting. */
const REBINDING = /^rebinding-\w+\.test$/;

/** `honest-….test`: as a name should be. */
const HONEST_NAME = /^honest-\w+\.test$/;

export function answerFor({ name, before }: { readonly name: string; readonly before: number }): NameAnswer {
  if (HONEST_NAME.test(name)) return addresses(HONEST_V4, HONEST_V6);
  if (REBINDING.test(name)) return before === 0 ? addresses(HONEST_V4, HONEST_V6) : addresses("10.0.0.1", "fd00::1");
  if (SILENCE.test(name)) return { kind: "silence" };
  const [, embedded] = /(?:^|\.)(\d+[.-]\d+[.-]\d+[.-]\d+)\.nip\.test$/.exec(name) ?? [];
  if (embedded !== undefined) return addresses(embedded.replaceAll("-", "."));
  return TO_PRIVATE[name] ?? FAULTY[name] ?? { kind: "fault", rcode: "noSuchName" };
}
