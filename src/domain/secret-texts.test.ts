import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { NamedValue } from "./host-access.ts";
import { type SecretTexts, secretTextsOf } from "./secret-texts.ts";

const PUBLIC = {
  kind: "web",
  pattern: "h.example",
  headerNames: [],
  queryNames: [],
  userAgent: null,
  overHttp: false,
} as const;

function secretsIn(headers: readonly NamedValue[], query: readonly NamedValue[] = []): SecretTexts {
  return secretTextsOf([{ ...PUBLIC, headers, query }]);
}

describe("the looks of a secret", () => {
  it("are its words, in whatever letters or escaping, and not the name of a scheme", () => {
    const secrets = secretsIn([["Authorization", "Bearer s3cr3t/of acme+1234"]], [["token", "a b/c=d&e"]]);
    for (const [text, starred] of [
      ["you sent Bearer s3cr3t/of", "you sent Bearer ***"],
      ["host S3CR3T/OF.example", "host ***.example"],
      ["?a=s3cr3t%2Fof&b=ACME%2b1234", "?a=***&b=***"],
      ["?token=a+b%2Fc%3Dd%26e", "?token=***"],
      ["Bearer of acme is nobody", "Bearer of acme is nobody"],
    ] as const) {
      assert.equal(secrets.starred(text), starred);
      assert.equal(secrets.areIn(text), starred !== text);
    }
  });

  it("are the parts of a Basic login", () => {
    const login = Buffer.from("acme:correct horse").toString("base64");
    const secrets = secretsIn([["Authorization", `Basic ${login}`]]);
    assert.equal(secrets.starred(`${login}, acme:correct horse, correct horse`), "***, ***, ***");
  });

  it("are the values within a header of several", () => {
    const secrets = secretsIn([["Authorization", 'Digest-like user="acme", key="0123456789", other=abcdefgh']]);
    assert.equal(secrets.starred("acme 0123456789 abcdefgh"), "acme *** ***");
  });

  it("are what is left of one that was cut off, which is no repeated secret", () => {
    const secrets = secretsIn([["X-Key", "0123456789abcdef"]]);
    assert.equal(secrets.starred("you sent 0123456789a…"), "you sent ***…");
    assert.equal(secrets.areIn("you sent 0123456789a…"), false);
    assert.equal(secrets.starred("0123456789abcdef0123456789abcdef 01234567"), "****** ***");
  });

  it("are none where a secret is too short to be told from words", () => {
    assert.equal(secretsIn([["X-Key", "photo"]]).starred("a photo"), "a photo");
  });

  it("are those of buckets as well", () => {
    const secrets = secretTextsOf([
      {
        kind: "s3",
        pattern: "s3://b",
        accessKeyId: "AKIAEXAMPLE",
        secretAccessKey: "wJalrXUtnFEMI",
        sessionToken: "session-token",
        hasSessionToken: true,
        endpoint: null,
        region: null,
        pathStyle: null,
        overHttp: false,
        requesterPays: false,
      },
      {
        kind: "azure",
        pattern: "az://c",
        account: "acme",
        endpoint: null,
        by: "sas",
        overHttp: false,
        secret: "sv=2024&sig=abc%2Fdefgh",
      },
    ]);
    assert.equal(
      secrets.starred("AKIAEXAMPLE wJalrXUtnFEMI session-token abc/defgh abc%2Fdefgh"),
      "AKIAEXAMPLE *** *** *** ***",
    );
  });
});
