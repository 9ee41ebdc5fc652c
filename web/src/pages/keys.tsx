/** API keys: who may do what. */
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import type { Key } from "../../../sdk/src/api-types.ts";
import { Confirm } from "../parts/confirm.tsx";
import { Instant } from "../parts/instant.tsx";
import { Empty, ErrorNote } from "../parts/notes.tsx";
import { Secret } from "../parts/secret.tsx";
import { Table } from "../parts/table.tsx";
import { useAction } from "../parts/use-action.ts";
import { post } from "../service/call.ts";
import { session } from "../service/session.ts";
import { useAnswer } from "../service/use-answer.ts";
import { Changes } from "./changes.tsx";
import { NewKey } from "./new-key.tsx";

/** Kept beside the page: it must not be lost when the first key makes the page ask who looks at it. */
const made = signal<{ readonly name: string; readonly text: string } | null>(null);

export function KeysPage() {
  const [again, setAgain] = useState(0);
  const refresh = () => setAgain((before) => before + 1);
  const show = (text: string, name = "The key") => {
    made.value = { name, text };
    refresh();
  };
  return (
    <>
      <h1>Keys</h1>
      {made.value === null ? null : (
        <Secret
          name={made.value.name}
          value={made.value.text}
          onKept={() => {
            made.value = null;
          }}
        />
      )}
      {session.value?.keys_needed === false ? (
        <p class="note warning">
          No key is asked for: whoever reaches the service may do everything. The first key ends that; keep it, it makes
          the others.
        </p>
      ) : null}
      <Keys again={again} onChanged={refresh} onMade={show} />
      <NewKey onMade={show} />
      <Changes again={again} />
    </>
  );
}

function Keys(properties: {
  readonly again: number;
  readonly onChanged: () => void;
  readonly onMade: (key: string, name?: string) => void;
}) {
  const { again, onChanged, onMade } = properties;
  const { data, error } = useAnswer<{ readonly data: readonly Key[] }>("/api/v1/keys", { again });
  const [revoked, setRevoked] = useState<Key | null>(null);
  const action = useAction(onChanged);
  const rotate = async ({ id, name }: Key) => {
    const { key } = await post<{ readonly key: string }>(`/api/v1/keys/${id}/rotate`);
    onMade(key, `The key in place of ${name}, which works for 24 hours more`);
  };
  const keys = data?.data ?? [];
  return (
    <section class="card">
      <h2>Keys</h2>
      <ErrorNote error={error ?? action.error} />
      {data && keys.length === 0 ? (
        <Empty line="storewalk keys create --name till">There are no keys. Make one:</Empty>
      ) : null}
      <Table
        rows={keys}
        keyOf={({ id }) => id}
        columns={[
          { name: "Name", isHeading: true, cell: (key) => <KeyName apiKey={key} /> },
          { name: "Tenant", cell: ({ tenant }) => tenant },
          { name: "Permissions", cell: ({ scopes }) => <small>{scopes.join(", ")}</small> },
          {
            name: "State",
            cell: ({ status }) => <span class={`mark ${status === "active" ? "completed" : "failed"}`}>{status}</span>,
          },
          { name: "Last used", look: "wide", cell: ({ last_used_at }) => <Instant at={last_used_at} /> },
          { name: "Expires", look: "wide", cell: ({ expires_at }) => <Instant at={expires_at} /> },
          {
            name: "Actions",
            isUnseen: true,
            cell: (key) =>
              key.status !== "active" ? null : (
                <span class="buttons">
                  <button type="button" class="small" onClick={() => action.run(() => rotate(key))}>
                    Replace
                  </button>
                  <button type="button" class="small danger" onClick={() => setRevoked(key)}>
                    Revoke …
                  </button>
                </span>
              ),
          },
        ]}
      />
      {revoked ? (
        <Confirm
          title={`Revoke the key ${revoked.name}?`}
          action="Revoke it"
          onConfirm={async () => {
            await post(`/api/v1/keys/${revoked.id}/revoke`);
            onChanged();
          }}
          onClose={() => setRevoked(null)}
        >
          <p>Whoever uses it is refused from now on, and cannot be let in with it again. Its jobs stay.</p>
        </Confirm>
      ) : null}
    </section>
  );
}

function KeyName({ apiKey: { id, name } }: { readonly apiKey: Key }) {
  return (
    <>
      {name} <small>{id}</small>
      {id === session.value?.key_id ? <small> (yours)</small> : null}
    </>
  );
}
