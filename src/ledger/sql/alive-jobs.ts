/**
 * Which jobs are not over, in the very words of the index `jobs_alive`: SQLite takes a partial index only where its condition stands in the statement, and reads all
 * jobs that there ever were otherwise. For both databases.
 */
const ALIVE = "status in ('preparing', 'ongoing', 'paused')";

export const UNFINISHED = `${ALIVE} and status in ('ongoing', 'paused')`;
export const ONGOING = `${ALIVE} and status = 'ongoing'`;
export const PREPARING = `${ALIVE} and status = 'preparing'`;
