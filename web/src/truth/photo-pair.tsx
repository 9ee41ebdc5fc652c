/** Two photos that show the same, side by side: the earlier one, and the later one laid over it as it was before it was changed. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ReuseKind } from "../../../sdk/src/api-types.ts";
import { Photo } from "../parts/photo.tsx";
import { coverOf, type LayOver, transformOf } from "./lay-over.ts";

type Shown = { readonly src: string | null; readonly alt: string; readonly caption: ComponentChildren };
type Shape = { readonly aspectRatio?: string };

const BACK: Readonly<Record<ReuseKind, string>> = {
  same_bytes: "Laid over the earlier.",
  same_picture: "Laid over the earlier.",
  mirrored: "Mirrored back and laid over the earlier.",
  turned: "Turned back and laid over the earlier.",
};

export function PhotoPair(properties: {
  readonly earlier: Shown;
  readonly later: Shown;
  readonly kind: ReuseKind;
  /** Null where it is not known how they lie. */
  readonly layOver: LayOver | null;
}) {
  const { earlier, later, kind, layOver } = properties;
  const [shape, setShape] = useState<Shape>({});
  const takeShape = ({ naturalWidth, naturalHeight }: HTMLImageElement) =>
    setShape({ aspectRatio: `${naturalWidth} / ${naturalHeight}` });
  const isChanged = kind === "mirrored" || kind === "turned";
  return (
    <div class="pair">
      <figure>
        <div class="frame" style={shape}>
          <Photo src={earlier.src} alt={earlier.alt} onLoad={takeShape} />
        </div>
        <figcaption>{earlier.caption}</figcaption>
      </figure>
      <figure>
        {layOver && earlier.src !== null && later.src !== null && shape.aspectRatio !== undefined ? (
          <Stage below={earlier.src} above={later.src} layOver={layOver} shape={shape} />
        ) : (
          <div class="frame" style={shape}>
            <Photo src={later.src} alt={later.alt} />
          </div>
        )}
        <figcaption>
          {later.caption}
          <small>{layOver ? ` ${BACK[kind]}` : " As it was sent."}</small>
          {layOver && isChanged && later.src !== null ? (
            <span class="as-sent">
              <img src={later.src} alt={later.alt} loading="lazy" /> <small>as it was sent</small>
            </span>
          ) : null}
        </figcaption>
      </figure>
    </div>
  );
}

/** The difference shows while it is pointed at or has the keyboard, and stays when pressed. What is the same is black in it. */
function Stage(properties: {
  readonly below: string;
  readonly above: string;
  readonly layOver: LayOver;
  readonly shape: Shape;
}) {
  const { below, above, layOver, shape } = properties;
  const box = useRef<HTMLButtonElement>(null);
  const [transform, setTransform] = useState("");
  const [isPressed, setPressed] = useState(false);
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const fit = () => setTransform(transformOf(layOver, element.clientWidth, element.clientHeight));
    fit();
    const resized = new ResizeObserver(fit);
    resized.observe(element);
    return () => resized.disconnect();
  }, [layOver]);
  return (
    <button
      ref={box}
      type="button"
      class="frame stage"
      style={shape}
      aria-label="Difference from the earlier photo"
      aria-pressed={isPressed}
      onClick={() => setPressed(!isPressed)}
    >
      <img class="below" src={below} alt="" style={{ clipPath: coverOf(layOver) }} />
      <img class="above" src={above} alt="" style={{ transform }} />
    </button>
  );
}
