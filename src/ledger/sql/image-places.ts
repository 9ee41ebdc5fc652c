/** Lists of images as statements of either database are given them: one parameter with a JSON list of pairs. */
import type { ImagePlace } from "../port/review-ledger.ts";
import type { Dialect } from "./steps.ts";

const PLACE = "cast(given.value ->> 0 as bigint) as job, cast(given.value ->> 1 as bigint) as image";

/** Rows `given` with `job` and `image`, each once however often it is named: an image may show several earlier ones. */
export const givenPlaces = ({ elements }: Dialect) => `(select distinct ${PLACE} from ${elements("$1")} given) given`;

/** The same with more members of each entry, which is named once. */
export const givenPlacesWith = ({ elements }: Dialect, members: readonly string[]) => {
  const more = members.map((name, no) => `, cast(given.value ->> ${no + 2} as bigint) as ${name}`);
  return `(select ${PLACE}${more.join("")} from ${elements("$1")} given) given`;
};

export const placesList = (images: readonly ImagePlace[]) =>
  JSON.stringify(images.map(({ jobId, image }) => [jobId, image]));

/** To find an image in a map. */
export const placeKey = ({ jobId, image }: ImagePlace) => `${jobId}/${image}`;
