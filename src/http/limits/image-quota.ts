/**
 * What one submission may bring, asked while it is read and once more at its end. Throws an ApiError when it is too much; nothing of the
 * submission is kept then. What was taken for a submission that came to nothing is given back.
 */
import type { ImageQuota } from "../../intake/submission.ts";
import { ApiError } from "../problems/api-error.ts";
import type { Allowance } from "./allowance.ts";
import type { Headroom } from "./headroom.ts";
import { overloaded } from "./overloaded.ts";
import { retryAfter } from "./rate-limit-fields.ts";

export type TakenImages = ImageQuota & {
  /** Asked before anything of it is read. */
  assertRoom(): Promise<void>;
  /** For a submission that made no job. */
  giveBack(): void;
};

export function createImageQuota(deps: {
  /** Null where images are not counted. */
  readonly images: { readonly allowance: Allowance; readonly caller: string; readonly whose: "key" | "tenant" } | null;
  readonly headroom: Headroom;
  readonly onRefused: (reason: "images" | "backlog" | "disk" | "memory") => void;
}): TakenImages {
  const { images: counted, headroom, onRefused } = deps;
  let taken = 0;

  function refuse(images: number, waitMs: number): never {
    onRefused("images");
    const quota = counted?.allowance.policy.quota;
    const detail = `the submission's images, ${images} or more, do not fit into what is left of the ${counted?.whose}'s ${quota} an hour; nothing of it was kept`;
    throw new ApiError("too_many_images", detail, { headers: { ...retryAfter(waitMs), connection: "close" } });
  }

  async function assertRoom(): Promise<void> {
    const shortage = await headroom.shortage();
    if (!shortage) return;
    onRefused(shortage.reason);
    throw overloaded(shortage.detail, shortage.waitMs);
  }

  return {
    assertRoom,
    check(images) {
      const waitMs = counted?.allowance.waitMs(counted.caller, images) ?? 0;
      if (waitMs > 0) refuse(images, waitMs);
    },
    async take(images) {
      // Submissions that began together must not all pass what one of them fills.
      await assertRoom();
      const answer = counted?.allowance.take(counted.caller, images);
      if (answer?.kind === "refused") refuse(images, answer.waitMs);
      taken = images;
      headroom.accepted(images);
    },
    giveBack() {
      counted?.allowance.giveBack(counted.caller, taken);
      headroom.accepted(-taken);
      taken = 0;
    },
  };
}
