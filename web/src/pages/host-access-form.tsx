/** The form for credentials of a host or bucket: new ones, or a secret set anew. Its fields follow from the pattern. */
import type { TargetedEvent } from "preact";
import { useState } from "preact/hooks";
import type { HostAccess } from "../../../sdk/src/api-types.ts";
import { ErrorNote } from "../parts/notes.tsx";
import { useAction } from "../parts/use-action.ts";
import { send } from "../service/call.ts";
import { may, session } from "../service/session.ts";

const WAYS = ["Authorization header", "Name and password", "Another header", "Parameter of the URL"] as const;
type Way = (typeof WAYS)[number];

type Fields = Readonly<Record<string, string>>;
type FormState = { readonly fields: Fields; readonly set: (name: string, value: string) => void };

export function HostAccessForm(properties: {
  /** Null for new ones. */
  readonly renewed: HostAccess | null;
  readonly onKept: () => void;
  readonly onLeave: () => void;
}) {
  const { renewed, onKept, onLeave } = properties;
  const [fields, setFields] = useState<Fields>(renewed ? fieldsOf(renewed) : {});
  const [way, setWay] = useState<Way>(WAYS[0]);
  const [isOpen, setOpen] = useState(renewed?.over_http ?? false);
  const state: FormState = { fields, set: (name, value) => setFields((before) => ({ ...before, [name]: value })) };
  const action = useAction(() => {
    setFields({});
    onKept();
  });
  const pattern = renewed?.pattern ?? fields.pattern ?? "";
  const kind = kindOf(pattern);
  const keep = () => {
    const parts =
      kind === "web" ? webParts(fields, way, isOpen, renewed) : { [kind]: bucketParts(fields, kind, isOpen, renewed) };
    const path = "/api/v1/hosts/access";
    return renewed
      ? send("PATCH", `${path}/${renewed.id}`, parts)
      : send("POST", path, { pattern, ...(fields.tenant && { tenant: fields.tenant }), ...parts });
  };
  return (
    <section class="card">
      <h2>{renewed ? `Replace: ${pattern}` : "Add credentials"}</h2>
      <ErrorNote error={action.error} />
      <form
        autocomplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          action.run(keep);
        }}
      >
        <div class="filters credentials">
          {renewed ? null : (
            <Field
              {...state}
              name="pattern"
              label="Host or bucket"
              hint="photos.example, *.example.com, s3://bucket"
              isNeeded
            />
          )}
          {renewed === null && session.value?.keys_needed && may("admin") ? (
            <Field {...state} name="tenant" label="Tenant" hint="yours" />
          ) : null}
          {kind === "web" ? <WebFields {...state} way={way} onWay={setWay} isNew={renewed === null} /> : null}
          {kind === "s3" ? <S3Fields {...state} /> : null}
          {kind === "azure" ? <AzureFields {...state} /> : null}
        </div>
        <p>
          <label>
            <input type="checkbox" checked={isOpen} onChange={(event) => setOpen(event.currentTarget.checked)} /> may go
            over http as well, where everybody on the way can read it
          </label>
        </p>
        <p class="buttons">
          <button type="submit" class="primary">
            {renewed ? "Replace" : "Save"}
          </button>
          {renewed ? (
            <button type="button" onClick={onLeave}>
              Cancel
            </button>
          ) : null}
          <small>What is secret is kept encrypted and shown never again.</small>
        </p>
      </form>
    </section>
  );
}

function WebFields(
  properties: FormState & { readonly way: Way; readonly onWay: (way: Way) => void; readonly isNew: boolean },
) {
  const { way, onWay, isNew, ...state } = properties;
  return (
    <>
      <label>
        What it wants to see
        <select
          value={way}
          onChange={(event) => onWay(WAYS.find((name) => name === event.currentTarget.value) ?? WAYS[0])}
        >
          {WAYS.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      {way === "Name and password" ? <Field {...state} name="login" label="Name" hint="" isNeeded /> : null}
      {way === "Another header" ? <Field {...state} name="header" label="Header" hint="X-Api-Key" isNeeded /> : null}
      {way === "Parameter of the URL" ? (
        <Field {...state} name="parameter" label="Parameter" hint="key" isNeeded />
      ) : null}
      <Field
        {...state}
        name="secret"
        label={way === "Name and password" ? "Password" : "Value"}
        hint={way === "Authorization header" ? "Token 4b3c…" : ""}
        isSecret
        // A User-Agent alone is enough, and so is a change of it.
        isNeeded={way !== "Authorization header"}
      />
      <Field {...state} name="agent" label="User-Agent" hint={isNew ? "Storewalk's own" : "unchanged"} />
    </>
  );
}

function S3Fields(state: FormState) {
  return (
    <>
      <Field {...state} name="keyId" label="Access key id" hint="AKIA…" isNeeded />
      <Field {...state} name="secret" label="Secret access key" hint="" isSecret isNeeded />
      <Field {...state} name="token" label="Session token" hint="none" isSecret />
      <Field {...state} name="endpoint" label="Endpoint" hint="the usual one" />
      <Field {...state} name="region" label="Region" hint="us-east-1" />
      <label>
        Who pays
        <select value={state.fields.pays ?? ""} onChange={(event) => state.set("pays", event.currentTarget.value)}>
          <option value="">the bucket</option>
          <option value="requester">the requester: you</option>
        </select>
      </label>
    </>
  );
}

function AzureFields(state: FormState) {
  const isSas = state.fields.by === "sas";
  return (
    <>
      <Field {...state} name="account" label="Account" hint="" isNeeded />
      <label>
        Signed by
        <select value={state.fields.by ?? "key"} onChange={(event) => state.set("by", event.currentTarget.value)}>
          <option value="key">its key</option>
          <option value="sas">a shared access signature</option>
        </select>
      </label>
      <Field
        {...state}
        name="secret"
        label={isSas ? "Signature" : "Key"}
        hint={isSas ? "sv=…&sig=…" : ""}
        isSecret
        isNeeded
      />
      <Field {...state} name="endpoint" label="Endpoint" hint="the usual one" />
    </>
  );
}

function Field(
  properties: FormState & {
    readonly name: string;
    readonly label: string;
    readonly hint: string;
    readonly isNeeded?: boolean;
    readonly isSecret?: boolean;
  },
) {
  const { fields, set, name, label, hint, isNeeded = false, isSecret = false } = properties;
  const input = {
    required: isNeeded,
    placeholder: hint,
    value: fields[name] ?? "",
    onInput: (event: TargetedEvent<HTMLInputElement>) => set(name, event.currentTarget.value),
  };
  return isSecret ? (
    <label>
      {label}
      <input type="password" autocomplete="new-password" {...input} />
    </label>
  ) : (
    <label>
      {label}
      <input type="text" autocomplete="off" {...input} />
    </label>
  );
}

function kindOf(pattern: string): HostAccess["kind"] {
  if (/^\s*(?:s3|gs):\/\//.test(pattern)) return "s3";
  return /^\s*az:\/\//.test(pattern) ? "azure" : "web";
}

/** What may be seen of what is kept, to change a part of it. */
function fieldsOf({ user_agent: agent, s3, azure }: HostAccess): Fields {
  return {
    agent: agent ?? "",
    keyId: s3?.access_key_id ?? "",
    endpoint: s3?.endpoint ?? azure?.endpoint ?? "",
    region: s3?.region ?? "",
    pays: s3?.requester_pays ? "requester" : "",
    account: azure?.account ?? "",
    by: azure?.by ?? "key",
  };
}

function webParts(fields: Fields, way: Way, isOpen: boolean, renewed: HostAccess | null) {
  const { secret = "", agent = "" } = fields;
  const hasAgent = agent !== (renewed?.user_agent ?? "");
  return {
    ...(secret === "" ? {} : named(fields, way, secret)),
    ...(hasAgent ? { user_agent: agent === "" ? null : agent } : {}),
    over_http: isOpen,
  };
}

function named({ login = "", header = "", parameter = "" }: Fields, way: Way, secret: string) {
  switch (way) {
    case "Authorization header":
      return { headers: { Authorization: secret } };
    case "Name and password":
      return { headers: { Authorization: `Basic ${base64(`${login}:${secret}`)}` } };
    case "Another header":
      return { headers: { [header.trim()]: secret } };
    case "Parameter of the URL":
      return { query: { [parameter.trim()]: secret } };
  }
}

/** Of the text's UTF-8 (RFC 7617 §2.1). */
function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function bucketParts(fields: Fields, kind: "s3" | "azure", isOpen: boolean, renewed: HostAccess | null) {
  const {
    secret = "",
    endpoint = "",
    region = "",
    token = "",
    pays = "",
    keyId = "",
    account = "",
    by = "key",
  } = fields;
  const shared = { ...(endpoint === "" ? {} : { endpoint }), over_http: isOpen };
  if (kind === "azure") return { account, ...(by === "sas" ? { sas: secret } : { account_key: secret }), ...shared };
  const pathStyle = renewed?.s3?.path_style ?? null;
  return {
    access_key_id: keyId,
    secret_access_key: secret,
    ...(token === "" ? {} : { session_token: token }),
    ...(region === "" ? {} : { region }),
    ...(pathStyle === null ? {} : { path_style: pathStyle }),
    requester_pays: pays === "requester",
    ...shared,
  };
}
