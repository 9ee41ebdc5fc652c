/**
 * Runs a test file in a network of its own that owns every address there is: whatever connects anywhere arrives at a listener of the test. The
 * namespaces have no names and their processes die with the test, so that runs never meet and nothing can be left behind.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { findProgram, missing } from "../../../src/testing/test-services.ts";

const INSIDE = "SSRF_TEST_INSIDE";

/** Network, mounts and processes of its own; all of them end with this process, however it ends. */
const UNSHARE = [
  ...["--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child"],
] as const;

/**
 * "local" routes make the kernel take every unicast address for its own. The resolver's file, the hosts file and the folder for temporary files are
 * ours, for these mounts only.
 */
const SET_UP = `
ip link set lo up
ip route add local 0.0.0.0/0 dev lo
ip -6 route add local ::/0 dev lo
[ ! -e /etc/resolv.conf ] || mount --bind "$1" /etc/resolv.conf
mount --bind "$2" /etc/hosts
mount -t tmpfs storewalk-test /mnt
export TMPDIR=/mnt
shift 2
exec "$@"
`;

/**
 * To be called first by the test file, with its own `import.meta.url`. Outside it runs the same file inside, whose events pass through the
 * standard output that both share with the test runner, and ends with its exit code. Returns inside, or where there is no such network.
 */
export function enterOwnNetwork(testFile: string): { readonly skip: string | false } {
  if (process.env[INSIDE] === "1") return { skip: false };
  const tools = findProgram("/usr/sbin/ip", "apt-get install iproute2");
  if (tools.skip !== false) return tools;
  const probe = spawnSync("setpriv", [...UNSHARE, "true"], { encoding: "utf8" });
  if (probe.status !== 0) {
    return { skip: missing("no right to make a network namespace for the SSRF tests; run them as root") };
  }
  const { status } = spawnSync(
    "setpriv",
    [
      ...UNSHARE,
      ...["sh", "-ec", SET_UP, "sh"],
      ...["resolv.conf", "hosts"].map((name) => fileURLToPath(new URL(name, import.meta.url))),
      process.execPath,
      ...process.execArgv,
      fileURLToPath(testFile),
    ],
    { stdio: "inherit", env: { ...process.env, [INSIDE]: "1" } },
  );
  process.exit(status ?? 1);
}
