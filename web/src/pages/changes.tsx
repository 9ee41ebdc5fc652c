/** Who changed what, newest first. */

import type { Change } from "../../../sdk/src/api-types.ts";
import { Exports } from "../parts/exports.tsx";
import { Instant } from "../parts/instant.tsx";
import { Link } from "../parts/link.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { Pager, usePages } from "../parts/pager.tsx";
import { Table } from "../parts/table.tsx";

export function Changes({ again }: { readonly again: number }) {
  const pages = usePages<Change>("/api/v1/audit", { limit: 20 }, again);
  const rows = pages.data?.data ?? [];
  return (
    <section class="card">
      <h2>Changes</h2>
      <ErrorNote error={pages.error} />
      {pages.data && rows.length === 0 ? <p class="quiet">Nobody changed anything yet.</p> : null}
      <Table
        rows={rows}
        keyOf={({ no }) => no}
        columns={[
          { name: "When", cell: ({ at }) => <Instant at={at} /> },
          { name: "What", whole: ({ action }) => action, cell: ({ action }) => inWords(action) },
          { name: "Which", cell: ({ target }) => <Target path={target} /> },
          { name: "Key", cell: ({ key_id }) => key_id ?? "none" },
          { name: "From", cell: ({ address }) => address },
        ]}
      />
      <Pager pages={pages} />
      {rows.length === 0 ? null : <Exports path="/api/v1/audit" query={{}} />}
    </section>
  );
}

/** Where the operation's own name is no word of the page. */
const WORDS: Readonly<Record<string, string>> = {
  addHostAccess: "Add credentials",
  changeHostAccess: "Replace credentials",
  removeHostAccess: "Delete credentials",
  undoStoreVersion: "Undo import",
  replayDelivery: "Send again",
  rotateKey: "Replace key",
  rotateWebhook: "New secret of webhook",
  putTimeSettings: "Change how times are read",
  putTruthSettings: "Change rules of review",
};

/** An operation as it is called (`createKey`) in words: "Create key". */
function inWords(action: string): string {
  const words = action.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
  return WORDS[action] ?? words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a path of the API is of, and the page that shows it: `*` is its name there. The first that fits. */
const PLACES = [
  [/^\/jobs\/(\d+\/images\/\d+)/, "Image", "/jobs/*"],
  [/^\/(?:jobs|deleted-jobs)\/(\d+)/, "Job", "/jobs/*"],
  [/^\/stores\/(?:import|versions)/, "Store master", "/stores"],
  [/^\/stores\/([^/]+)/, "Store", "/stores/*"],
  [/^\/webhooks\/(\d+)/, "Webhook", "/webhooks"],
  [/^\/webhook-deliveries\/(\d+)/, "Delivery", "/webhooks/deliveries/*"],
  [/^\/alerts\/(\d+)/, "Alert", "/webhooks"],
  [/^\/schedules\/(\d+)/, "Schedule", "/schedules"],
  [/^\/keys\/([^/]+)/, "Key", "/keys"],
  [/^\/hosts\/access/, "Credentials", "/hosts"],
  [/^\/hosts\/([^/]+)/, "Host", "/"],
  [/^\/reviews/, "Photos", "/review"],
  [/^\/truth/, "Rules", "/review/rules"],
] as const;

function Target({ path }: { readonly path: string }) {
  const within = path.replace(/^\/api(?:\/v1)?/, "");
  for (const [pattern, word, page] of PLACES) {
    const [found, name = ""] = pattern.exec(within) ?? [];
    if (found !== undefined) {
      return <Link href={page.replace("*", name)}>{`${word} ${decoded(name)}`.trim()}</Link>;
    }
  }
  return <code>{within.slice(1).replaceAll("/", " ")}</code>;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
