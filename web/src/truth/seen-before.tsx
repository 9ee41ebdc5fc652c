/** "Have we seen this photo before?": a photo from anywhere, looked for among all that were inspected. Nothing of it is kept. */
import { useState } from "preact/hooks";
import type { EarlierPhoto, Similar } from "../../../sdk/src/api-types.ts";
import { DropZone } from "../parts/drop-zone.tsx";
import { ImageLink } from "../parts/image-link.tsx";
import { VisitTime } from "../parts/instant.tsx";
import { ErrorNote } from "../parts/notes.tsx";
import { call, withQuery } from "../service/call.ts";
import { PhotoPair } from "./photo-pair.tsx";

type Asked = { readonly name: string; readonly src: string | null; readonly answer: Similar | null };

export function SeenBefore() {
  const [url, setUrl] = useState("");
  const [asked, setAsked] = useState<Asked | null>(null);
  const [error, setError] = useState<string | null>(null);

  async function ask(name: string, src: string | null, question: () => Promise<Similar>): Promise<void> {
    setError(null);
    if (asked?.src) URL.revokeObjectURL(asked.src);
    setAsked({ name, src, answer: null });
    try {
      setAsked({ name, src, answer: await question() });
    } catch (cause) {
      setAsked(null);
      setError(cause instanceof Error ? cause.message : String(cause));
    }
  }

  function take(file: File | undefined): void {
    if (!file) return;
    const headers = { "content-type": file.type || "image/jpeg" };
    void ask(file.name, URL.createObjectURL(file), () =>
      call<Similar>("/api/v1/images/similar", { method: "POST", headers, body: file }),
    );
  }

  return (
    <section class="card seen-before">
      <h2>Have we seen this photo before?</h2>
      <div class="columns">
        <DropZone accept="image/*" text="Drop a photo here, or choose one." onFiles={([photo]) => take(photo)} />
        <form
          class="by-address"
          onSubmit={(event) => {
            event.preventDefault();
            void ask(url, null, () => call<Similar>(withQuery("/api/v1/images/similar", { url })));
          }}
        >
          <label class="stacked">
            Or the photo's address
            <input
              type="url"
              required
              placeholder="https://photos.example/1.jpg"
              value={url}
              onInput={(event) => setUrl(event.currentTarget.value)}
            />
          </label>
          <div class="buttons">
            <button type="submit">Look for it</button>
          </div>
        </form>
      </div>
      <ErrorNote error={error} />
      <div aria-live="polite">{asked ? <Found asked={asked} /> : null}</div>
    </section>
  );
}

function Found({ asked }: { readonly asked: Asked }) {
  const { name, src, answer } = asked;
  if (!answer) return <p class="quiet">Looking for {name} …</p>;
  if (!answer.inspected)
    return (
      <p class="note warning">
        {name} could not be inspected: {answer.not_inspected}
      </p>
    );
  if (answer.matches.length === 0) return <p class="note good">No inspected photo shows what {name} shows.</p>;
  return (
    <>
      <p class="note warning">Seen before: {name}.</p>
      {answer.matches.map((match) => (
        <Match key={`${match.job_id}/${match.image}`} match={match} src={src} name={name} />
      ))}
    </>
  );
}

function Match({
  match,
  src,
  name,
}: {
  readonly match: EarlierPhoto;
  readonly src: string | null;
  readonly name: string;
}) {
  return (
    <article class="review">
      <PhotoPair
        kind={match.kind}
        layOver={match.lay_over}
        earlier={{ src: match.thumbnail_url, alt: `Image ${match.image} of job ${match.job_id}`, caption: "Seen." }}
        later={{ src, alt: name, caption: "Asked about." }}
      />
      <div class="words">
        <h3>
          <ImageLink of={match} />
        </h3>
        <p class="where">
          Store {match.store_id} {match.store_name}{" "}
          <small>
            <VisitTime time={match.visit_time} />
          </small>
        </p>
        <p>
          {match.why} <small>· likeness {match.score}</small>
        </p>
      </div>
    </article>
  );
}
