/** A service without keys behind a proxy: a real nginx passes strangers on from the loopback, and each of them looks like this machine. */
import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import { SCOPES } from "../../domain/scopes.ts";
import { createKeyRing } from "../../keys/key-ring.ts";
import { AUTH_SECRET, startHttpService } from "../../testing/http-service.ts";
import { NGINX, startNginx } from "../../testing/nginx.ts";
import { findProgram } from "../../testing/test-services.ts";
import type { AuthMode } from "./authenticator.ts";

const nginx = findProgram(NGINX.path, NGINX.get);
const HEADERS = [
  "X-Forwarded-For $remote_addr",
  "X-Forwarded-Proto $scheme",
  "X-Forwarded-Host $host",
  "X-Real-IP $remote_addr",
  'Forwarded "for=$remote_addr"',
  'Via "1.1 nginx"',
];

describe("a service without keys behind nginx", { skip: nginx.skip }, () => {
  async function setup(t: TestContext, header: string | null, auth: AuthMode = "auto") {
    const service = await startHttpService(t, { auth });
    const location = `proxy_pass ${service.address}; ${header === null ? "" : `proxy_set_header ${header};`}`;
    const proxy = await startNginx({ http: "", location, photo: new Uint8Array() });
    t.after(() => proxy.close());
    async function ask(headers: Record<string, string> = {}) {
      const answer = await fetch(proxy.url("/api/v1/jobs"), { headers });
      const { code, detail } = JSON.parse(await answer.text());
      return { status: answer.status, code, detail };
    }
    return { service, ask, askContract: async () => (await fetch(proxy.url("/api/status?jobid=1"))).status };
  }

  for (const header of HEADERS) {
    it(`refuses what comes with ${header}`, async (t) => {
      const { service, ask, askContract } = await setup(t, header);
      const [name = ""] = header.toLowerCase().split(" ");
      assert.deepEqual(await ask(), {
        status: 421,
        code: "behind_proxy",
        detail: `the request came through a proxy (it has the header ${name}), which is not answered without API keys; make a key with "storewalk keys create", or start it with --auth off`,
      });
      assert.equal(await askContract(), 421);
      assert.equal((await service.call("GET", "/api/v1/jobs")).status, 200);
    });
  }

  it("answers when it is told to with --auth off", async (t) => {
    const { ask } = await setup(t, "X-Forwarded-For $remote_addr", "off");
    assert.equal((await ask()).status, 200);
  });

  it("asks for a key, and takes it, from the first one on", async (t) => {
    const { service, ask } = await setup(t, "X-Forwarded-For $remote_addr");
    const ring = createKeyRing({ ledger: service.ledger, authSecret: AUTH_SECRET, now: Date.now });
    const { text } = await ring.make({ tenant: "default", name: "test", scopes: SCOPES, expiresInMs: null });
    assert.equal((await ask({ "x-api-key": text })).status, 200);
    assert.equal((await ask()).code, "unauthenticated");
  });

  it("cannot tell a proxy that adds no header from a program of this machine, as the document says", async (t) => {
    const { ask } = await setup(t, null);
    assert.equal((await ask()).status, 200);
  });
});
