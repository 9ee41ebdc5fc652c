/**
 * Writes the bill of materials, CycloneDX as JSON, to standard output: `npm run -s sbom > sbom.json`. It lists what runs: the packages that
 * `npm ci --omit=dev` installs on any platform, and those that Vite builds into the dashboard's files. From the lock file alone, without the
 * network. Node.js itself is not in it: who installs Storewalk brings it.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

type Component = {
  readonly "bom-ref": string;
  readonly name: string;
  readonly scope?: string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
};
type Bom = {
  readonly metadata: { readonly component: Component };
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
};

/** What `web/` imports; development packages for npm, as nothing of them is installed with the service. */
const IN_THE_PAGE: ReadonlySet<string> = new Set(["preact", "@preact/signals"]);
const DEVELOPMENT = "cdx:npm:package:development";

const root = new URL("../", import.meta.url);
// Not npm's own `--omit dev`: with the lock file alone it leaves out optional packages of other platforms.
const args = ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx", "--sbom-type", "application"];
const all: Bom = JSON.parse(
  execFileSync("npm", args, { cwd: fileURLToPath(root), encoding: "utf8", maxBuffer: 2 ** 26 }),
);
const { name } = JSON.parse(readFileSync(new URL("package.json", root), "utf8"));

const isDevelopment = ({ properties = [] }: Component) => properties.some((property) => property.name === DEVELOPMENT);
const dependsOn = new Map(all.dependencies.map((dependency) => [dependency.ref, dependency.dependsOn]));

const inThePage = new Set<string>();
function addToPage(ref: string): void {
  if (inThePage.has(ref)) return;
  inThePage.add(ref);
  dependsOn.get(ref)?.forEach(addToPage);
}
for (const component of all.components) if (IN_THE_PAGE.has(component.name)) addToPage(component["bom-ref"]);

const components = all.components
  .filter((component) => !isDevelopment(component) || inThePage.has(component["bom-ref"]))
  .map((component) =>
    isDevelopment(component)
      ? { ...component, scope: "required", properties: [{ name: "storewalk:built-into", value: "web/dist" }] }
      : component,
  );
const shipped = new Set(components.map((component) => component["bom-ref"]));
const subject = all.metadata.component["bom-ref"];

const bom = {
  ...all,
  // npm takes the name of the folder.
  metadata: { ...all.metadata, component: { ...all.metadata.component, name } },
  components,
  dependencies: all.dependencies
    .filter(({ ref }) => ref === subject || shipped.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((one) => shipped.has(one)) })),
};
process.stdout.write(`${JSON.stringify(bom, null, 2)}\n`);
