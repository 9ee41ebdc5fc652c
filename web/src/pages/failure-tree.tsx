/** Failed images in groups: by code, then by host and store; those of stores that are not known by store alone, since no host was asked. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { FailureGroup, Failures, HostFailures } from "../../../sdk/src/api-types.ts";
import { counted } from "../parts/format.ts";
import { Link } from "../parts/link.tsx";

type StoreFailures = HostFailures["stores"][number];
type Limits = { readonly codes?: readonly string[]; readonly host?: string; readonly store_id?: string };
/** What is to run again; all that failed when no number of images is said. */
export type Chosen = { readonly limits: Limits; readonly images?: number; readonly what: string };
export type Pick = { readonly chosen: Chosen; readonly onChoose: (chosen: Chosen) => void };

export const ALL: Chosen = { limits: {}, what: "All failed images" };

type Where = {
  /** Null where nothing can be retried. */
  readonly pick: Pick | null;
  /** Where the images under these limits are shown. */
  readonly imagesAt: (limits: Record<string, string>) => string;
  /** Where one of them is shown by itself. */
  readonly imageAt: (image: number) => string;
};

export function FailureTree(
  properties: Where & {
    readonly failures: Failures;
    /** Of all of them, as the job counts them. */
    readonly total: number;
    /** What stands below a code's row. */
    readonly below: (code: string) => ComponentChildren;
  },
) {
  const { failures, total, below, ...where } = properties;
  /** Counted, and not yet in a group. */
  const late = total - failures.total;
  return (
    <ul class="tree">
      {where.pick && failures.groups.length > 1 ? (
        <li>
          <Row where={where} images={total} href={where.imagesAt({ outcome: "failed" })} retried={ALL}>
            All of them
          </Row>
        </li>
      ) : null}
      {failures.groups.map((group) => (
        <CodePart key={group.code} group={group} where={where}>
          {below(group.code)}
        </CodePart>
      ))}
      {late > 0 ? <li class="quiet">and {counted(late, "image")} that failed just now</li> : null}
    </ul>
  );
}

function CodePart(properties: {
  readonly group: FailureGroup;
  readonly where: Where;
  readonly children: ComponentChildren;
}) {
  const { group, where, children } = properties;
  const { code, images } = group;
  const { stores, more } = storesOf(group);
  return (
    <li>
      <Row
        where={where}
        images={images}
        href={where.imagesAt({ code })}
        retried={{ limits: { codes: [code] }, images, what: `All images that failed as ${code}` }}
      >
        <code>{code}</code> <small>{group.about}</small>
      </Row>
      {children}
      {code === "unknown_store" ? (
        <Stores stores={stores} more={more} code={code} where={where} />
      ) : (
        <ul>
          {group.hosts.map((host) => (
            <HostPart key={host.host} code={code} host={host} where={where} />
          ))}
          <More left={group.more_hosts} word="host" />
        </ul>
      )}
    </li>
  );
}

function HostPart({
  code,
  host,
  where,
}: {
  readonly code: string;
  readonly host: HostFailures;
  readonly where: Where;
}) {
  const [isOpen, setOpen] = useState(false);
  const name = host.host === "" ? "no host" : host.host;
  return (
    <li>
      <Row
        where={where}
        images={host.images}
        href={where.imagesAt({ code, host: host.host })}
        retried={{
          limits: { codes: [code], host: host.host },
          images: host.images,
          what: `All ${code} images of ${name}`,
        }}
        toggle={
          <button
            type="button"
            class="toggle"
            aria-expanded={isOpen}
            aria-label={`Stores of ${name}, ${code}`}
            onClick={() => setOpen(!isOpen)}
          />
        }
      >
        {name}
      </Row>
      {isOpen ? (
        <Stores stores={host.stores} more={host.more_stores} code={code} host={host.host} where={where} />
      ) : null}
    </li>
  );
}

function Stores(properties: {
  readonly stores: readonly StoreFailures[];
  readonly more: number;
  readonly code: string;
  readonly host?: string;
  readonly where: Where;
}) {
  const { stores, more, code, host, where } = properties;
  const within = host === undefined ? {} : { host };
  return (
    <ul>
      {stores.map(({ store_id, images, first_image: first }) => (
        <li key={store_id}>
          <Row
            where={where}
            images={images}
            href={images === 1 ? where.imageAt(first) : where.imagesAt({ code, ...within, store_id })}
            retried={{
              limits: { codes: [code], ...within, store_id },
              images,
              what: `All ${code} images of store ${store_id}${host ? ` at ${host}` : ""}`,
            }}
          >
            store {store_id}
          </Row>
        </li>
      ))}
      <More left={more} word="store" />
    </ul>
  );
}

/** The stores of all hosts, the most images first. */
function storesOf({ hosts }: FailureGroup): { readonly stores: readonly StoreFailures[]; readonly more: number } {
  const sums = new Map<string, StoreFailures>();
  for (const store of hosts.flatMap(({ stores }) => stores)) {
    const before = sums.get(store.store_id);
    sums.set(store.store_id, before ? { ...before, images: before.images + store.images } : store);
  }
  return {
    stores: [...sums.values()].sort((a, b) => b.images - a.images),
    more: hosts.reduce((sum, host) => sum + host.more_stores, 0),
  };
}

function Row(properties: {
  readonly where: Where;
  readonly images: number;
  readonly href: string;
  readonly retried: Chosen;
  readonly toggle?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const { where, images, href, retried, toggle, children } = properties;
  const { pick } = where;
  return (
    <div class="group">
      {toggle}
      {pick ? (
        <label class="name">
          <input
            type="radio"
            name="retried"
            checked={sameLimits(pick.chosen.limits, retried.limits)}
            onChange={() => pick.onChoose(retried)}
          />
          <span>{children}</span>
        </label>
      ) : (
        <span class="name">
          <span>{children}</span>
        </span>
      )}
      <Link href={href} class="number">
        {counted(images, "image")}
      </Link>
    </div>
  );
}

function sameLimits(a: Limits, b: Limits): boolean {
  return a.codes?.[0] === b.codes?.[0] && a.host === b.host && a.store_id === b.store_id;
}

function More({ left, word }: { readonly left: number; readonly word: string }) {
  return left === 0 ? null : <li class="quiet">and {counted(left, `more ${word}`)}</li>;
}
