/** The way to the page of one image, wherever an image is shown. */
import type { ComponentChildren } from "preact";
import type { ImagePlace } from "../../../sdk/src/api-types.ts";
import { Link } from "./link.tsx";

export const imagePath = ({ job_id: job, image }: ImagePlace): string => `/jobs/${job}/images/${image}`;

/** Beside one of the earlier photos that show the same. */
export const matchPath = (photo: ImagePlace, earlier: ImagePlace): string =>
  `${imagePath(photo)}?match=${earlier.job_id}-${earlier.image}`;

export function ImageLink({ of, children }: { readonly of: ImagePlace; readonly children?: ComponentChildren }) {
  return <Link href={imagePath(of)}>{children ?? `Image ${of.image} of job ${of.job_id}`}</Link>;
}
