/** What is sent to hosts and buckets that ask who is there. What is secret goes in here and never comes back. */
import { useState } from "preact/hooks";
import type { HostAccess, HostAccessTest } from "../../../sdk/src/api-types.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Instant } from "../parts/instant.tsx";
import { Empty, ErrorNote } from "../parts/notes.tsx";
import { Table } from "../parts/table.tsx";
import { useAction } from "../parts/use-action.ts";
import { call, post } from "../service/call.ts";
import { session } from "../service/session.ts";
import { useAnswer } from "../service/use-answer.ts";
import { HostAccessForm } from "./host-access-form.tsx";

const LINE = "storewalk hosts add photos.example --header 'Authorization: @token.txt'";

export function HostsPage() {
  const [again, setAgain] = useState(0);
  const [renewed, setRenewed] = useState<HostAccess | null>(null);
  const refresh = () => setAgain((before) => before + 1);
  const kept = () => {
    setRenewed(null);
    refresh();
  };
  return (
    <>
      <h1>Hosts</h1>
      <p class="quiet">
        Photos behind a login: what a host wants to see is sent with the images of your tenant, to that host alone.
      </p>
      <Known again={again} onChanged={refresh} onRenew={setRenewed} />
      <HostAccessForm key={renewed?.id} renewed={renewed} onKept={kept} onLeave={() => setRenewed(null)} />
      <Trial />
    </>
  );
}

function Known(properties: {
  readonly again: number;
  readonly onChanged: () => void;
  readonly onRenew: (access: HostAccess) => void;
}) {
  const { again, onChanged, onRenew } = properties;
  const { data, error } = useAnswer<{ readonly data: readonly HostAccess[] }>("/api/v1/hosts/access", { again });
  const [forgotten, setForgotten] = useState<HostAccess | null>(null);
  const isAll = session.value?.all_tenants === true;
  return (
    <section class="card">
      <h2>Saved credentials</h2>
      <ErrorNote error={error} />
      {data && data.data.length === 0 ? <Empty line={LINE}>Nothing is saved. Use the form, or try this:</Empty> : null}
      <Table
        rows={data?.data ?? []}
        keyOf={({ id }) => id}
        columns={[
          { name: "Host", isHeading: true, cell: ({ pattern }) => pattern },
          ...(isAll ? [{ name: "Tenant", cell: ({ tenant }: HostAccess) => tenant }] : []),
          { name: "Sends", cell: (access) => <small>{sentBy(access)}</small> },
          { name: "Over", cell: ({ over_http: isOpen }) => (isOpen ? "http too" : "https only") },
          {
            name: "State",
            cell: ({ problem }) => (
              <>
                <span class={`mark ${problem === null ? "completed" : "failed"}`}>
                  {problem === null ? "in use" : "unusable"}
                </span>{" "}
                <small>{problem}</small>
              </>
            ),
          },
          { name: "Secret set", look: "wide", cell: ({ rotated_at }) => <Instant at={rotated_at} /> },
          {
            name: "Actions",
            isUnseen: true,
            cell: (access) => (
              <span class="buttons">
                <button type="button" class="small" onClick={() => onRenew(access)}>
                  Replace
                </button>
                <button type="button" class="small danger" onClick={() => setForgotten(access)}>
                  Delete …
                </button>
              </span>
            ),
          },
        ]}
      />
      {forgotten ? (
        <Confirm
          title={`Delete the credentials for ${forgotten.pattern}?`}
          action="Delete them"
          onConfirm={async () => {
            await call(`/api/v1/hosts/access/${forgotten.id}`, { method: "DELETE" });
            onChanged();
          }}
          onClose={() => setForgotten(null)}
        >
          <p>Its images are asked for without them within seconds, those of running jobs as well.</p>
        </Confirm>
      ) : null}
    </section>
  );
}

function sentBy({ headers, query, user_agent: agent, s3, azure }: HostAccess): string {
  return [
    ...headers,
    ...query.map((name) => `?${name}`),
    ...(agent === null ? [] : [`User-Agent ${agent}`]),
    ...(s3 === null ? [] : [`key ${s3.access_key_id}`]),
    ...(azure === null ? [] : [`${azure.by === "key" ? "account key" : "signature"} of ${azure.account}`]),
  ].join(", ");
}

/** Asks for one photo as a job would. */
function Trial() {
  const [url, setUrl] = useState("");
  const [tried, setTried] = useState<HostAccessTest | null>(null);
  const [isAsking, setAsking] = useState(false);
  const action = useAction(() => {});
  const ask = async () => {
    setTried(null);
    setAsking(true);
    try {
      setTried(await post<HostAccessTest>("/api/v1/hosts/access/test", { url }));
    } finally {
      setAsking(false);
    }
  };
  return (
    <section class="card">
      <h2>Test a photo</h2>
      <ErrorNote error={action.error} />
      <form
        class="filters add"
        onSubmit={(event) => {
          event.preventDefault();
          action.run(ask);
        }}
      >
        <label>
          The URL of one photo
          <input
            required
            placeholder="https://photos.example/1.jpg"
            value={url}
            onInput={(event) => setUrl(event.currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={isAsking}>
          {isAsking ? "Testing …" : "Test"}
        </button>
      </form>
      <div role="status">{tried ? <Outcome tried={tried} /> : null}</div>
    </section>
  );
}

function Outcome({ tried }: { readonly tried: HostAccessTest }) {
  const { pattern, sends, outcome } = tried;
  const names = sends.length === 0 ? "nothing" : sends.join(", ");
  return (
    <p>
      <span class={`mark ${outcome === "measured" ? "completed" : "failed"}`}>
        {outcome === "measured" ? "there" : tried.code}
      </span>{" "}
      {outcome === "measured" ? `${tried.format}, ${tried.width} × ${tried.height} pixels.` : tried.detail}{" "}
      <small>
        {pattern === null ? "No credentials are saved for it." : `Asked as saved for ${pattern}, sending ${names}.`}
      </small>
    </p>
  );
}
