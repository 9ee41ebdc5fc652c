/** The dashboard's entry: the frame around every page, and which page stands for which path. */
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { DeliveryPage } from "./pages/delivery.tsx";
import { HealthPage } from "./pages/health.tsx";
import { HostsPage } from "./pages/hosts.tsx";
import { ImagePage } from "./pages/image.tsx";
import { ImagesPage } from "./pages/images.tsx";
import { InsightPage } from "./pages/insight.tsx";
import { JobPage } from "./pages/job.tsx";
import { JobsPage } from "./pages/jobs.tsx";
import { KeysPage } from "./pages/keys.tsx";
import { OverviewPage } from "./pages/overview.tsx";
import { ReviewPage } from "./pages/review.tsx";
import { RulesPage } from "./pages/rules.tsx";
import { SchedulesPage } from "./pages/schedules.tsx";
import { SignInPage } from "./pages/sign-in.tsx";
import { StorePage } from "./pages/store.tsx";
import { StoresPage } from "./pages/stores.tsx";
import { SubmitPage } from "./pages/submit.tsx";
import { WebhooksPage } from "./pages/webhooks.tsx";
import { Link } from "./parts/link.tsx";
import { location } from "./router.ts";
import { connection } from "./service/live.ts";
import { isSignedIn, may, readSession, session, signOut } from "./service/session.ts";
// What comes later may override what came before.
import "./style/base.css";
import "./style/frame.css";
import "./style/secrets.css";
import "./style/cards.css";
import "./style/tables.css";
import "./style/marks.css";
import "./style/controls.css";
import "./style/lists.css";
import "./style/visits.css";
import "./style/phone.css";
import "./style/submit.css";
import "./style/choices.css";
import "./truth/flags.css";
import "./truth/review.css";
import "./truth/figures.css";
import "./truth/seen-before.css";

/** Each page with what one must be allowed to have something from it. */
const MENU = [
  ["/", "Overview", "jobs:read"],
  ["/jobs", "Jobs", "jobs:read"],
  ["/insight", "Insight", "jobs:read"],
  ["/submit", "Submit", "jobs:write"],
  ["/schedules", "Schedules", "jobs:read"],
  ["/review", "Review", "jobs:read"],
  ["/stores", "Stores", "stores:read"],
  ["/webhooks", "Webhooks", "webhooks:manage"],
  ["/hosts", "Hosts", "hosts:manage"],
  ["/keys", "Keys", "keys:manage"],
  ["/health", "Health", "jobs:read"],
] as const;

const CONNECTION = {
  live: "live",
  connecting: "not live, connecting …",
  away: "the ledger cannot be reached",
  paused: "paused",
} as const;

function Page() {
  const { path } = location.value;
  const [, , scope] = MENU.find(([href]) => href !== "/" && path.startsWith(href)) ?? MENU[0];
  if (!may(scope)) {
    return (
      <p class="note warning">
        Your key may not see this page; it needs the scope <code>{scope}</code>.{" "}
        <Link href="/">Go to the overview</Link>
      </p>
    );
  }
  const [, area = "", name, part, partName, ...more] = path.split("/");
  const id = name === undefined ? undefined : decodeURIComponent(name);
  if (area === "jobs" && part === "images" && isNumber(id) && /^\d{1,10}$/.test(partName ?? "") && more.length === 0)
    return <ImagePage key={path} jobId={Number(id)} image={Number(partName)} />;
  if (area === "webhooks" && id === "deliveries" && isNumber(part) && partName === undefined)
    return <DeliveryPage key={part} no={Number(part)} />;
  const isOne = id === undefined || area === "jobs" || area === "stores" || path === "/review/rules";
  if (!isOne || part !== undefined) return <NothingHere path={path} />;
  if (area === "") return <OverviewPage />;
  if (area === "jobs" && id === undefined) return <JobsPage />;
  if (area === "jobs" && isNumber(id)) return <JobPage key={id} jobId={Number(id)} />;
  if (area === "insight") return <InsightPage />;
  if (area === "images") return <ImagesPage />;
  if (area === "schedules") return <SchedulesPage />;
  if (area === "review") return id === "rules" ? <RulesPage /> : <ReviewPage />;
  if (area === "stores") return id === undefined ? <StoresPage /> : <StorePage key={id} storeId={id} />;
  if (area === "submit") return <SubmitPage />;
  if (area === "webhooks") return <WebhooksPage />;
  if (area === "hosts") return <HostsPage />;
  if (area === "keys") return <KeysPage />;
  if (area === "health") return <HealthPage />;
  return <NothingHere path={path} />;
}

function NothingHere({ path }: { readonly path: string }) {
  return (
    <section>
      <h1>Nothing here</h1>
      <p>
        There is no page at <code>{path}</code>. <Link href="/">Go to the overview</Link>
      </p>
    </section>
  );
}

const isNumber = (text: string | undefined): boolean => /^[1-9]\d{0,15}$/.test(text ?? "");

/** As a tab and the history name it. */
function titleOf(path: string): string {
  const [, area = "", name, part, partName] = path.split("/");
  if (part === "images") return `Image ${partName} of job ${name} · Storewalk`;
  if (name === "deliveries") return `Delivery ${part} · Storewalk`;
  if (area === "images") return "Images of all jobs · Storewalk";
  const [, text = "Storewalk"] = MENU.find(([href]) => href === `/${area}`) ?? [];
  return name === undefined
    ? `${text} · Storewalk`
    : `${text.replace(/s$/, "")} ${decodeURIComponent(name)} · Storewalk`;
}

function Frame() {
  const { path } = location.value;
  const menu = useRef<HTMLElement>(null);
  useEffect(() => {
    document.title = titleOf(path);
  }, [path]);
  useEffect(() => {
    // On a phone the menu is one row that is pushed sideways.
    menu.current?.querySelector("[aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [path, session.value]);
  const isHere = (href: string) => {
    if (path === "/images") return href === "/insight";
    return href === "/" ? path === "/" : path === href || path.startsWith(`${href}/`);
  };
  return (
    <>
      <a class="skip" href="#main">
        Skip to the page
      </a>
      <header class="top">
        <Link href="/" class="brand">
          <img src="/icon.svg" alt="" width="22" height="22" />
          Storewalk
        </Link>
        <nav ref={menu} aria-label="Pages">
          {MENU.filter(([, , scope]) => may(scope)).map(([href, text]) => (
            <Link key={href} href={href} aria-current={isHere(href) ? "page" : "false"}>
              {text}
            </Link>
          ))}
        </nav>
        {isSignedIn() ? (
          <span class={`live ${connection.value}`} role="status">
            {CONNECTION[connection.value]}
          </span>
        ) : null}
        {isSignedIn() && session.value?.keys_needed ? <Whoever /> : null}
      </header>
      <main id="main" tabIndex={-1}>
        {session.value === null ? null : isSignedIn() ? <Page /> : <SignInPage />}
      </main>
    </>
  );
}

/** As whom one is signed in, and the way out. */
function Whoever() {
  const { tenant, all_tenants: isAll } = session.value ?? {};
  return (
    <span class="whoever">
      {isAll ? "all tenants" : tenant}{" "}
      <button type="button" class="link" onClick={() => void signOut()}>
        Sign out
      </button>
    </span>
  );
}

void readSession();
const root = document.getElementById("page");
if (root) render(<Frame />, root);
