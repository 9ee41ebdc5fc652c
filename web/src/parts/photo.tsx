/** The small picture of an image, or words where there is none. */
import { useState } from "preact/hooks";

export function Photo(properties: {
  /** Null where it is known that there is none. */
  readonly src: string | null;
  readonly alt: string;
  /** Where they are known the picture has its room before it comes. */
  readonly width?: number | null;
  readonly height?: number | null;
  readonly onLoad?: (image: HTMLImageElement) => void;
}) {
  const { src, alt, width, height, onLoad } = properties;
  const [missing, setMissing] = useState<string | null>(null);
  return src === null || missing === src ? (
    <span class="no-picture">
      no picture <span class="unseen">of {alt}</span>
    </span>
  ) : (
    <img
      src={src}
      alt={alt}
      {...(width && height ? { width, height } : {})}
      loading="lazy"
      onLoad={({ currentTarget }) => onLoad?.(currentTarget)}
      onError={() => setMissing(src)}
    />
  );
}
