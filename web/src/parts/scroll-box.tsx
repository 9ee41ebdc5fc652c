/** What may be wider than the page scrolls sideways within itself: by the keyboard too, where there is something to scroll. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

export function ScrollBox(properties: {
  readonly children: ComponentChildren;
  /** For what is newest at its right end. */
  readonly startsAtEnd?: boolean;
}) {
  const { children, startsAtEnd = false } = properties;
  const box = useRef<HTMLDivElement>(null);
  const [isWide, setWide] = useState(false);
  useEffect(() => {
    const element = box.current;
    const content = element?.firstElementChild;
    if (!element || !content) return;
    if (startsAtEnd) element.scrollLeft = element.scrollWidth;
    const resized = new ResizeObserver(() => setWide(element.scrollWidth > element.clientWidth));
    resized.observe(element);
    resized.observe(content);
    return () => resized.disconnect();
  }, [startsAtEnd]);
  return (
    <div ref={box} class="scroll" {...(isWide && { tabIndex: 0 })}>
      {children}
    </div>
  );
}
