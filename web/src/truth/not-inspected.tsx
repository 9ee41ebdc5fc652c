/** How many photos of a job nobody looked at, and why: where nothing is flagged, that is no proof. Nothing where all were inspected. */

import type { Quality } from "../../../sdk/src/api-types.ts";
import { counted } from "../parts/format.ts";
import { useAnswer } from "../service/use-answer.ts";

export function NotInspected({ jobId, again }: { readonly jobId: number; readonly again: unknown }) {
  const { data } = useAnswer<Quality>(`/api/v1/jobs/${jobId}/quality`, { again });
  const { images = 0, causes = [] } = data?.not_inspected ?? {};
  if (!data || images === 0) return null;
  const looked = data.looked_at + images;
  return (
    <div class="note warning">
      {counted(images, "photo")} of {looked < data.images ? `${counted(looked, "photo")} that were counted` : looked}{" "}
      could not be inspected, or not all of it; nothing is flagged there for what was not seen. The report has the
      reason of each as <code>not_inspected</code>.
      <ul>
        {causes.map(({ why, images: same }) => (
          <li key={why}>
            {counted(same, "photo")}: {why}
          </li>
        ))}
      </ul>
    </div>
  );
}
