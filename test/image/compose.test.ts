import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { parse } from "yaml";
import { SETTINGS } from "../../src/settings/config.ts";

type Service = {
  readonly image: string;
  readonly build?: string;
  readonly profiles: readonly string[];
  readonly user?: string;
  readonly init?: boolean;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly (
    | string
    | { readonly type: string; readonly target: string; readonly read_only?: boolean }
  )[];
  readonly networks?: readonly string[];
  readonly env_file?: string;
  readonly environment: Readonly<Record<string, string | null>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly deploy?: { readonly replicas: number };
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
};

type Compose = {
  readonly "x-settings": Readonly<Record<string, null>>;
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), "utf8");
const text = read("compose.yaml");
const compose: Compose = parse(text, { merge: true });
const services = Object.entries(compose.services);
const settingNames = Object.values(SETTINGS).map(({ name }): string => name);

function service(name: string): Service {
  const found = compose.services[name];
  assert.ok(found, `compose.yaml must have a service ${name}`);
  return found;
}

/** Names of the services for which it does not hold. */
function failing(holds: (service: Service, name: string) => boolean): readonly string[] {
  return services.filter(([name, described]) => !holds(described, name)).map(([name]) => name);
}

const serviceNamesOf = (profile: string) =>
  services.filter(([, { profiles }]) => profiles.includes(profile)).map(([name]) => name);

describe("compose.yaml", () => {
  it("has one service in the embedded profile, and all parts in the fleet's", () => {
    assert.deepEqual(serviceNamesOf("embedded"), ["storewalk"]);
    assert.deepEqual(serviceNamesOf("fleet").toSorted(), ["api", "postgres", "rabbitmq", "worker"]);
    assert.deepEqual(
      failing(({ profiles }) => profiles?.length === 1),
      [],
    );
  });

  it("confines every service", () => {
    const isConfined = (described: Service) =>
      described.read_only === true &&
      described.init === true &&
      described.cap_drop?.join() === "ALL" &&
      described.security_opt?.join() === "no-new-privileges:true" &&
      described.tmpfs?.includes("/tmp") === true;
    assert.deepEqual(failing(isConfined), []);
    // The image's own user is none of root's; database and broker would start as root.
    assert.deepEqual([service("postgres").user, service("rabbitmq").user], ["postgres", "rabbitmq"]);
    assert.deepEqual(
      failing(({ image, user }) => image !== "storewalk" || user === undefined),
      [],
    );
  });

  it("starts the service only when database and broker are healthy, and the workers after the tables are made", () => {
    const healthy = { condition: "service_healthy" };
    assert.deepEqual(service("api").depends_on, { postgres: healthy, rabbitmq: healthy });
    assert.deepEqual(service("worker").depends_on, { postgres: healthy, rabbitmq: healthy, api: healthy });
    assert.deepEqual(service("postgres").healthcheck?.test.slice(0, 2), ["CMD", "pg_isready"]);
    assert.ok(service("postgres").healthcheck?.test.includes("--host=127.0.0.1"));
    assert.deepEqual(service("rabbitmq").healthcheck?.test.slice(0, 2), ["CMD", "rabbitmq-diagnostics"]);
    // Storewalk's own is in its image.
    assert.deepEqual(
      failing(({ image, healthcheck }) => (image === "storewalk") === (healthcheck === undefined)),
      [],
    );
  });

  it("runs several workers, which nobody reaches from outside", () => {
    assert.equal(service("worker").deploy?.replicas, 4);
    assert.deepEqual(
      failing(({ ports }) => ports === undefined),
      ["storewalk", "api"],
    );
    // On the machine itself only, unless asked otherwise.
    assert.match(service("api").ports?.join() ?? "", /^\$\{STOREWALK_HOST:-127\.0\.0\.1\}:[^:]+:-8080\}:8080$/);
    assert.equal(compose.networks.back?.internal, true);
    assert.deepEqual([service("postgres").networks, service("rabbitmq").networks], [["back"], ["back"]]);
  });

  it("gives each kind of state a volume of its own", () => {
    const named = services.flatMap(([, { volumes = [] }]) => volumes.filter((volume) => typeof volume === "string"));
    assert.deepEqual(named, [
      "data:/data",
      // One for all of the fleet: what the API takes in, the workers read.
      "uploads:/uploads",
      "uploads:/uploads",
      "postgres:/var/lib/postgresql/data",
      "rabbitmq:/var/lib/rabbitmq",
    ]);
    assert.deepEqual(Object.keys(compose.volumes), ["data", "uploads", "postgres", "rabbitmq"]);
    // The image declares /data; without these each container would leave a nameless volume behind.
    for (const name of ["api", "worker"]) assert.ok(service(name).tmpfs?.includes("/data"), name);
  });

  it("waits longer for a stop than a stop may take", () => {
    assert.deepEqual(
      failing(({ stop_grace_period = "10s" }) => Number(/^(\d+)s$/.exec(stop_grace_period)?.[1]) > 30),
      [],
    );
  });

  it("names no setting that does not exist", () => {
    const named = [...text.matchAll(/\bSTOREWALK_[A-Z_]+/g)].map(([name]) => name);
    assert.deepEqual(
      named.filter((name) => !settingNames.includes(name)),
      [],
    );
  });

  it("hands every setting on that is not fixed within a container", () => {
    const fixed = [
      "STOREWALK_HOST",
      "STOREWALK_PORT",
      "STOREWALK_DATA_DIR",
      "STOREWALK_ROLE",
      "STOREWALK_STORE_MASTER",
      "STOREWALK_UPLOAD_DIR",
    ];
    const fromTheFleet = ["DATABASE_URL", "AMQP_URL"];
    assert.deepEqual(
      Object.keys(compose["x-settings"]).toSorted(),
      settingNames.filter((name) => !fixed.includes(name) && !fromTheFleet.includes(name)).toSorted(),
      "x-settings of compose.yaml must list each setting of src/settings that a container does not fix",
    );
    for (const name of ["storewalk", "api", "worker"]) {
      const missing = Object.keys(compose["x-settings"]).filter((setting) => !(setting in service(name).environment));
      assert.deepEqual(missing, [], name);
    }
  });

  it("gives each part of the fleet its role", () => {
    const roles = services.map(([name, { environment }]) => [name, environment.STOREWALK_ROLE]);
    assert.deepEqual(Object.fromEntries(roles.filter(([, role]) => role)), { api: "api", worker: "worker" });
  });
});

describe("the fleet's passwords", () => {
  const lines = read("compose.fleet.env").split("\n");
  const urlOf = (name: string) => lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1) ?? "";
  const REQUIRED = /\$\{([A-Z_]+):\?[^}]+\}/;

  it("are asked for by name, and stand in no file", () => {
    assert.equal(REQUIRED.exec(urlOf("DATABASE_URL"))?.[1], "POSTGRES_PASSWORD");
    assert.equal(REQUIRED.exec(urlOf("AMQP_URL"))?.[1], "RABBITMQ_PASSWORD");
    // From the shell or .env, as it is; and as empty as it may be while the embedded profile runs.
    assert.equal(service("postgres").environment.POSTGRES_PASSWORD, null);
    assert.match(service("rabbitmq").environment.RABBITMQ_DEFAULT_PASS ?? "", /^\$\{RABBITMQ_PASSWORD:-\}$/);
  });

  it("are asked for only by the fleet: Compose reads all of compose.yaml whatever the profile", () => {
    assert.doesNotMatch(text, /\$\{[A-Z_]+:?\?/);
    assert.deepEqual(
      failing(({ env_file }) => env_file === undefined),
      ["api", "worker"],
    );
  });

  it("lead to the services with the users that these make", () => {
    const database = new URL(urlOf("DATABASE_URL").replace(REQUIRED, "secret"));
    const { POSTGRES_USER, POSTGRES_DB } = service("postgres").environment;
    assert.deepEqual(
      [database.protocol, database.username, database.hostname, database.pathname],
      ["postgres:", POSTGRES_USER, "postgres", `/${POSTGRES_DB}`],
    );
    const broker = new URL(urlOf("AMQP_URL").replace(REQUIRED, "secret"));
    assert.deepEqual(
      [broker.protocol, broker.username, broker.hostname],
      ["amqp:", service("rabbitmq").environment.RABBITMQ_DEFAULT_USER, "rabbitmq"],
    );
  });
});
