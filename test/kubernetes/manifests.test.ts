/** The manifests of examples/kubernetes: by Kubernetes' own schemas, and by the program that they are for. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Type } from "typebox";
import { Value } from "typebox/value";
import { SETTINGS } from "../../src/settings/config.ts";
import { createTestDatabase } from "../../src/testing/postgres-database.ts";
import { findService, POSTGRESQL } from "../../src/testing/test-services.ts";
import { aLedgerOf, type Environment, runCommand, startService } from "../storewalk-process.ts";
import { faultsOf, type Manifest, manifests } from "./manifests.ts";

const postgres = await findService(POSTGRESQL);
const SECRET = "storewalk";
/** PostgreSQL's own number, less those that it keeps for its superuser. */
const USUAL_CONNECTIONS = 97;
/** Of one process: its two pools and those that it listens by. */
const CONNECTIONS = 13;
const STOP_SECONDS = 30;

const Probe = Type.Object({ httpGet: Type.Object({ path: Type.String(), port: Type.String() }) });
const Container = Type.Object({
  image: Type.String(),
  ports: Type.Array(Type.Object({ name: Type.String(), containerPort: Type.Number() })),
  envFrom: Type.Array(Type.Object({ configMapRef: Type.Object({ name: Type.String() }) })),
  env: Type.Array(
    Type.Object({
      name: Type.String(),
      value: Type.Optional(Type.String()),
      valueFrom: Type.Optional(Type.Object({ secretKeyRef: Type.Object({ name: Type.String(), key: Type.String() }) })),
    }),
  ),
  startupProbe: Probe,
  livenessProbe: Probe,
  readinessProbe: Probe,
  resources: Type.Object({
    requests: Type.Object({ cpu: Type.String(), memory: Type.String() }),
    limits: Type.Object({ memory: Type.String() }),
  }),
  securityContext: Type.Unknown(),
  volumeMounts: Type.Array(Type.Object({ mountPath: Type.String() })),
});
const Labels = Type.Record(Type.String(), Type.String());
const Deployment = Type.Object({
  metadata: Type.Object({ name: Type.String() }),
  spec: Type.Object({
    replicas: Type.Optional(Type.Number()),
    selector: Type.Object({ matchLabels: Labels }),
    template: Type.Object({
      metadata: Type.Object({ labels: Labels, annotations: Labels }),
      spec: Type.Object({
        terminationGracePeriodSeconds: Type.Number(),
        enableServiceLinks: Type.Boolean(),
        automountServiceAccountToken: Type.Boolean(),
        securityContext: Type.Object({ runAsNonRoot: Type.Boolean(), runAsUser: Type.Number() }),
        containers: Type.Tuple([Container]),
      }),
    }),
  }),
});

const ofKind = (kind: string): readonly Manifest[] => manifests.filter((manifest) => manifest.kind === kind);
const deployments = ofKind("Deployment").map((manifest) => Value.Parse(Deployment, manifest));
const podOf = (name: string) => {
  const { spec } = deployments.find(({ metadata }) => metadata.name === `storewalk-${name}`) ?? assert.fail(name);
  const pod = spec.template.spec;
  return { ...spec, pod, container: pod.containers[0] };
};
const roles = ["api", "worker"].map((role) => ({ role, ...podOf(role) }));
const settingNames = Object.values(SETTINGS).map(({ name }): string => name);
const configMap = Value.Parse(Type.Object({ data: Labels }), ofKind("ConfigMap")[0]);
const bytesOf = (amount: string) => {
  const [, number = "", unit = ""] = /^(\d+)(Mi|Gi)$/.exec(amount) ?? assert.fail(amount);
  return Number(number) * (unit === "Gi" ? 2 ** 30 : 2 ** 20);
};

/** As the process gets it; what is secret is empty. */
function environmentOf(role: string): Environment {
  const own = podOf(role).container.env.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]));
  return { ...configMap.data, ...Object.fromEntries(own) };
}

describe("the manifests for Kubernetes", () => {
  it("are what Kubernetes and KEDA take, with no field that they do not know", () => {
    for (const manifest of manifests)
      assert.deepEqual(faultsOf(manifest), [], `${manifest.kind} ${manifest.metadata.name}`);
    const kinds = manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`).toSorted();
    assert.deepEqual(kinds, [
      "ConfigMap storewalk",
      "Deployment storewalk-api",
      "Deployment storewalk-worker",
      "PodDisruptionBudget storewalk-api",
      "PodDisruptionBudget storewalk-worker",
      "ScaledObject storewalk-worker",
      "Service storewalk",
    ]);
  });

  it("would be refused with a wrong type, a missing field or one that nobody knows", () => {
    const [service] = ofKind("Service");
    const broken = (ports: unknown) => faultsOf({ ...service, spec: { ports } });
    assert.match(broken([{ port: "80" }]).join(), /port must be integer/);
    assert.match(broken([{ name: "http" }]).join(), /must have required property port/);
    assert.deepEqual(broken([{ port: 80, tragetPort: "http" }]), ["/spec/ports/0/tragetPort is no field"]);
  });

  it("name only settings that there are", () => {
    const named = [
      ...Object.keys(configMap.data),
      ...roles.flatMap(({ container }) => container.env.map(({ name }) => name)),
    ];
    assert.deepEqual(
      named.filter((name) => !settingNames.includes(name)),
      [],
    );
    for (const { container } of roles) assert.deepEqual(container.envFrom, [{ configMapRef: { name: "storewalk" } }]);
  });

  it("hold no secret, and take all that is one from the same place", () => {
    for (const { container } of roles) {
      const references = container.env.flatMap(({ name, valueFrom }) =>
        valueFrom ? [[name, valueFrom.secretKeyRef]] : [],
      );
      assert.partialDeepStrictEqual(Object.fromEntries(references), {
        DATABASE_URL: { name: SECRET, key: "database-url" },
        AMQP_URL: { name: SECRET, key: "amqp-url" },
        STOREWALK_AUTH_SECRET: { name: SECRET, key: "auth-secret" },
      });
    }
    assert.deepEqual(ofKind("Secret"), []);
    assert.equal(environmentOf("api").STOREWALK_AUTH, "required");
  });

  it("confine every container as the image is tested", () => {
    for (const { pod, container } of roles) {
      assert.deepEqual(container.securityContext, {
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
      });
      assert.partialDeepStrictEqual(pod, {
        automountServiceAccountToken: false,
        // Kubernetes would make a setting of the service's name.
        enableServiceLinks: false,
        securityContext: { runAsNonRoot: true, runAsUser: 1000 },
      });
      assert.deepEqual(
        container.volumeMounts.map(({ mountPath }) => mountPath),
        ["/tmp", "/data"],
      );
    }
  });

  it("wait longer for a stop than a stop may take", () => {
    for (const { role, pod } of roles) {
      const drainSeconds = Number(environmentOf(role).STOREWALK_DRAIN_MS ?? 0) / 1_000;
      assert.ok(pod.terminationGracePeriodSeconds >= STOP_SECONDS + drainSeconds + 5, role);
    }
  });

  it("ask for the port on which the process listens", () => {
    for (const { role, container, template } of roles) {
      const [port] = container.ports;
      assert.deepEqual([port?.name, String(port?.containerPort)], ["http", environmentOf(role).STOREWALK_PORT]);
      assert.equal(template.metadata.annotations["prometheus.io/port"], environmentOf(role).STOREWALK_PORT);
      for (const probe of [container.startupProbe, container.livenessProbe, container.readinessProbe])
        assert.equal(probe.httpGet.port, "http");
    }
    assert.partialDeepStrictEqual(ofKind("Service")[0], { spec: { ports: [{ targetPort: "http" }] } });
  });

  it("select the pods that they are about", () => {
    const selected = [...ofKind("Service"), ...ofKind("PodDisruptionBudget")].map((manifest) => {
      const { spec } = Value.Parse(Type.Object({ spec: Type.Object({ selector: Type.Unknown() }) }), manifest);
      const labels = Value.Check(Type.Object({ matchLabels: Labels }), spec.selector)
        ? spec.selector.matchLabels
        : spec.selector;
      return [manifest.metadata.name, labels];
    });
    const of = (name: string) => ({ "app.kubernetes.io/name": name });
    assert.deepEqual(selected, [
      ["storewalk", of("storewalk-api")],
      ["storewalk-api", of("storewalk-api")],
      ["storewalk-worker", of("storewalk-worker")],
    ]);
    for (const { role, selector, template } of roles) {
      assert.deepEqual(selector.matchLabels, of(`storewalk-${role}`));
      assert.equal(template.metadata.labels["app.kubernetes.io/name"], `storewalk-${role}`);
    }
  });

  it("leave room for what a worker holds beside a process that decodes", () => {
    const { container } = podOf("worker");
    const measured = 275 * 2 ** 20;
    const decoding = Number(environmentOf("worker").STOREWALK_DECODE_MEMORY_BYTES);
    assert.ok(bytesOf(container.resources.limits.memory) > measured + decoding);
    assert.ok(bytesOf(container.resources.requests.memory) > measured);
    assert.equal(environmentOf("worker").STOREWALK_WORKER_THREADS, "1");
  });

  it("keep all processes within the connections of a usual PostgreSQL, in the middle of an update too", () => {
    const Scaled = Type.Object({
      spec: Type.Object({ maxReplicaCount: Type.Number(), scaleTargetRef: Type.Object({ name: Type.String() }) }),
    });
    const { spec } = Value.Parse(Scaled, ofKind("ScaledObject")[0]);
    assert.equal(spec.scaleTargetRef.name, "storewalk-worker");
    // The autoscaler's alone: a number in the manifest would be set again at each apply.
    assert.equal(podOf("worker").replicas, undefined);
    const surge = 1;
    assert.ok((spec.maxReplicaCount + (podOf("api").replicas ?? 0) + surge) * CONNECTIONS <= USUAL_CONNECTIONS);
  });
});

describe("a process with the settings of the manifests", { skip: postgres.skip }, () => {
  for (const role of ["api", "worker"]) {
    it(`answers what Kubernetes and the autoscaler ask a ${role}`, async (t) => {
      const database = await createTestDatabase(postgres.url);
      t.after(() => database.drop());
      const settings = {
        ...aLedgerOf(t),
        ...environmentOf(role),
        DATABASE_URL: database.url,
        STOREWALK_AUTH_SECRET: "a secret of 32 characters or more",
        // What the image says, but for a port of its own.
        STOREWALK_HOST: "127.0.0.1",
        STOREWALK_PORT: "0",
        STOREWALK_DRAIN_MS: "0",
      };
      const address = (await startService(t, settings).ready) ?? assert.fail("the service must start");
      const { container, template } = podOf(role);
      for (const { httpGet } of [container.startupProbe, container.livenessProbe, container.readinessProbe])
        assert.equal((await fetch(address + httpGet.path)).status, 200, httpGet.path);
      const made = await runCommand(["keys", "create", "--name", "prometheus", "--scope", "admin"], { settings });
      assert.equal(made.code, 0, made.stderr);
      const headers = { authorization: `Bearer ${made.stdout.trim()}` };
      const answer = await fetch(address + (template.metadata.annotations["prometheus.io/path"] ?? ""), { headers });
      const metrics = await answer.text();
      assert.equal(answer.status, 200, metrics);
      const Triggers = Type.Object({
        spec: Type.Object({ triggers: Type.Array(Type.Object({ metadata: Type.Object({ query: Type.String() }) })) }),
      });
      const { triggers } = Value.Parse(Triggers, ofKind("ScaledObject")[0]).spec;
      for (const [name] of triggers
        .map(({ metadata }) => metadata.query)
        .join()
        .matchAll(/storewalk_\w+/g))
        assert.match(metrics, new RegExp(`^${name} \\d`, "m"));
    });
  }
});
