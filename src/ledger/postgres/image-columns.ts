/** An image with its visit, for a page that names job and image: the same wherever images are read. */

export const IMAGE_COLUMNS = `
  images.visit, images.url, images.external_id as image_external_id, images.metadata as image_metadata,
  visits.store_id, visits.visit_time, visits.external_id as visit_external_id, visits.metadata as visit_metadata`;

/**
 * By key, row for row. As a plain join the planner, which knows nothing yet of tables that were filled a moment ago, compares every
 * row with every other one: 10 s for a page of 1,000 in a job of 4,000 (measured). A subquery with a limit is never flattened into one.
 */
export const ITS_IMAGE_AND_VISIT = `
  cross join lateral (
    select visit, url, external_id, metadata from images where job = page.job and no = page.image limit 1
  ) images
  cross join lateral (
    select store_id, visit_time, external_id, metadata from visits where job = page.job and no = images.visit limit 1
  ) visits`;
