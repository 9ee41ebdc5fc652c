/** The manifests of examples/kubernetes as their reader sees them, and Kubernetes' own schemas for them. */
import { readdirSync, readFileSync } from "node:fs";
import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1";
import { Deployment } from "kubernetes-models/apps/v1";
import { PodDisruptionBudget } from "kubernetes-models/policy/v1";
import { ConfigMap, Service } from "kubernetes-models/v1";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { parseAllDocuments } from "yaml";

/** Throws what is wrong with `this`. */
type Validate = (this: unknown) => void;

/** By `apiVersion kind`. */
const SCHEMAS: Readonly<Record<string, Validate>> = Object.fromEntries(
  [ConfigMap, Deployment, PodDisruptionBudget, ScaledObject, Service].map((model) => [
    `${model.apiVersion} ${model.kind}`,
    model.prototype.validate,
  ]),
);

const Manifest = Type.Object({
  apiVersion: Type.String(),
  kind: Type.String(),
  metadata: Type.Object({ name: Type.String() }),
});
export type Manifest = Type.Static<typeof Manifest> & Readonly<Record<string, unknown>>;

const FOLDER = new URL("../../examples/kubernetes/", import.meta.url);

export const manifests: readonly Manifest[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".yaml"))
  .flatMap((file) => parseAllDocuments(readFileSync(new URL(file, FOLDER), "utf8")))
  .map((document) => {
    const [fault] = document.errors;
    if (fault) throw fault;
    return Value.Parse(Manifest, document.toJS());
  });

/** What Kubernetes would refuse, and fields that it would drop without a word. */
export function faultsOf(manifest: unknown): readonly string[] {
  const { apiVersion, kind } = Value.Parse(Manifest, manifest);
  const validate = SCHEMAS[`${apiVersion} ${kind}`];
  if (validate === undefined) return [`there is no schema for ${apiVersion} ${kind}`];
  const reading = watchReading(manifest);
  const refused: string[] = [];
  try {
    validate.call(reading.seen);
  } catch (error) {
    refused.push(error instanceof Error ? error.message : String(error));
  }
  return [...refused, ...reading.unread().map((path) => `${path} is no field`)];
}

/** The schemas say nothing of a field that they do not know: they never look at it. */
function watchReading(value: unknown): { readonly seen: unknown; readonly unread: () => readonly string[] } {
  const read = new Set<string>();
  const all = new Set<string>();
  function watched(inner: unknown, path: string): unknown {
    if (typeof inner !== "object" || inner === null) return inner;
    const members = new Map(Object.entries(inner).map(([name, member]) => [name, watched(member, `${path}/${name}`)]));
    for (const name of members.keys()) all.add(`${path}/${name}`);
    return new Proxy(inner, {
      get(target, name) {
        if (typeof name === "string" && members.has(name)) {
          read.add(`${path}/${name}`);
          return members.get(name);
        }
        return Reflect.get(target, name);
      },
    });
  }
  return {
    seen: watched(value, ""),
    unread: () => [...all].filter((path) => !read.has(path) && !isWithinUnread(path, read, all)),
  };
}

/** Of what is unknown its own members are, too; it is told once. */
function isWithinUnread(path: string, read: ReadonlySet<string>, all: ReadonlySet<string>): boolean {
  const parent = path.slice(0, path.lastIndexOf("/"));
  return parent !== "" && all.has(parent) && !read.has(parent);
}
