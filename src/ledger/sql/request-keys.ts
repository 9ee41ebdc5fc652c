/** For how long a key is known after its request made a job: as long as clients of other services expect. */
export const KEY_KNOWN_MS = 24 * 3_600_000;
