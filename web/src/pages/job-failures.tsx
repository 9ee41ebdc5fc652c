/** Why images of a job failed: by code, host and store, each group with its retry. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { Confirm } from "../parts/confirm.tsx";
import { count, counted } from "../parts/format.ts";
import { Link } from "../parts/link.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { post, withQuery } from "../service/call.ts";
import { may } from "../service/session.ts";
import type { CodeGroup, Failures, HostGroup, Job } from "../service/types.ts";
import { useAnswer } from "../service/use-answer.ts";
import { JobFreshUrls } from "./job-fresh-urls.tsx";

type Limits = { readonly codes?: readonly string[]; readonly host?: string; readonly store_id?: string };
type Asked = { readonly limits: Limits; readonly images: number; readonly what: string };

export function JobFailures({ job, onRetried }: { readonly job: Job; readonly onRetried: () => void }) {
  const { data, error } = useAnswer<Failures>(`/api/v1/jobs/${job.job_id}/failures`, {
    again: `${job.run} ${job.counts.failed} ${job.status}`,
  });
  const [asked, setAsked] = useState<Asked | null>(null);
  const ask = job.status === "failed" && may("jobs:write") ? setAsked : null;
  const images = (limits: Record<string, string>) => withQuery(`/jobs/${job.job_id}`, { tab: "images", ...limits });
  if (!data) return <ErrorNote error={error} />;
  if (data.total === 0)
    return <p class="quiet">{job.finished_at === null ? "Nothing failed so far." : "Nothing failed."}</p>;

  return (
    <section class="card">
      <div class="head">
        <h2>{counted(data.total, "failed image")}</h2>
        <Retry ask={ask} what="every failed image" images={data.total} limits={{}} />
      </div>
      {job.finished_at === null ? <p class="quiet">They can be retried when the job is over.</p> : null}
      <ul class="tree">
        {data.groups.map((group) => (
          <li key={group.code}>
            <Group
              name={<code>{group.code}</code>}
              about={group.about}
              images={group.images}
              href={images({ code: group.code })}
            >
              <Retry
                ask={ask}
                what={`images that failed as ${group.code}`}
                images={group.images}
                limits={{ codes: [group.code] }}
              />
            </Group>
            {group.code === "url_expired" && ask !== null ? <JobFreshUrls job={job} onRetried={onRetried} /> : null}
            <ul>
              {group.hosts.map((host) => (
                <HostPart key={host.host} group={group} host={host} ask={ask} images={images} />
              ))}
              <More left={group.more_hosts} word="host" />
            </ul>
          </li>
        ))}
      </ul>
      {asked ? (
        <Confirm
          title={`Retry ${counted(asked.images, "image")}?`}
          action={`Retry ${counted(asked.images, "image")}`}
          onConfirm={async () => {
            await post(`/api/v1/jobs/${job.job_id}/retry`, asked.limits);
            onRetried();
          }}
          onClose={() => setAsked(null)}
        >
          <p>
            All {asked.what} run again in job {job.job_id}. What was measured stays as it is; what failed before stays
            readable at each image.
          </p>
        </Confirm>
      ) : null}
    </section>
  );
}

function HostPart(properties: {
  readonly group: CodeGroup;
  readonly host: HostGroup;
  readonly ask: ((asked: Asked) => void) | null;
  readonly images: (limits: Record<string, string>) => string;
}) {
  const { group, host, ask, images } = properties;
  const { code } = group;
  const name = host.host === "" ? "no host" : host.host;
  return (
    <li>
      <details>
        <summary>
          <Group name={name} images={host.images} href={images({ code, host: host.host })}>
            <Retry
              ask={ask}
              what={`${code} images of ${name}`}
              images={host.images}
              limits={{ codes: [code], host: host.host }}
            />
          </Group>
        </summary>
        <ul>
          {host.stores.map((store) => (
            <li key={store.store_id}>
              <Group
                name={`store ${store.store_id}`}
                images={store.images}
                href={images({ code, host: host.host, store_id: store.store_id })}
              >
                <Retry
                  ask={ask}
                  what={`${code} images of ${name} in store ${store.store_id}`}
                  images={store.images}
                  limits={{ codes: [code], host: host.host, store_id: store.store_id }}
                />
              </Group>
            </li>
          ))}
          <More left={host.more_stores} word="store" />
        </ul>
      </details>
    </li>
  );
}

function Group(properties: {
  readonly name: ComponentChildren;
  readonly about?: string;
  readonly images: number;
  readonly href: string;
  readonly children: ComponentChildren;
}) {
  return (
    <span class="group">
      <span class="name">
        {properties.name} {properties.about === undefined ? null : <small>{properties.about}</small>}
      </span>
      <Link href={properties.href} class="number">
        {counted(properties.images, "image")}
      </Link>
      {properties.children}
    </span>
  );
}

function Retry({ ask, what, images, limits }: Asked & { readonly ask: ((asked: Asked) => void) | null }) {
  return ask === null ? null : (
    <button type="button" class="small" aria-label={`Retry ${what}`} onClick={() => ask({ limits, images, what })}>
      Retry these {count(images)}
    </button>
  );
}

function More({ left, word }: { readonly left: number; readonly word: string }) {
  return left === 0 ? null : <li class="quiet">and {counted(left, `more ${word}`)}</li>;
}
