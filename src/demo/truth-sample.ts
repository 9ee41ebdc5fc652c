/** The demo's second job, small and inspected in full: an example of every flag, told by where and when each photo is said to be from. */

/** Invented places for stores of the example store master. The first is where the photos say that they were taken. */
export const TRUTH_STORES = [
  { id: "S00339218", latitude: 48.2, longitude: 16.37 },
  { id: "S01408764", latitude: 48.21, longitude: 16.4 },
] as const;

export type TruthPhoto = (typeof TRUTH_PHOTOS)[number];

export const TRUTH_PHOTOS = [
  "truth-right",
  "truth-first",
  "truth-cropped",
  "truth-mirrored",
  "truth-turned",
  "truth-blurred",
  "truth-dark",
  "truth-bright",
  "truth-small",
  "truth-wrong-time",
  "truth-wrong-place",
  "truth-edited",
] as const;

const [HOME, OTHER] = TRUTH_STORES;

type Visit = {
  readonly store: string;
  readonly time: string;
  readonly agent: string;
  readonly photos: readonly TruthPhoto[];
};

const VISITS: readonly Visit[] = [
  { store: HOME.id, time: "2026-03-02T10:00:00Z", agent: "Ada", photos: ["truth-right", "truth-first", "truth-first"] },
  { store: OTHER.id, time: "2026-03-02T12:00:00Z", agent: "Ada", photos: ["truth-first", "truth-mirrored"] },
  { store: HOME.id, time: "2026-03-09T10:00:00Z", agent: "Ben", photos: ["truth-cropped", "truth-turned"] },
  {
    store: HOME.id,
    time: "2026-03-02T10:30:00Z",
    agent: "Cleo",
    photos: ["truth-blurred", "truth-dark", "truth-bright", "truth-small"],
  },
  {
    store: HOME.id,
    time: "2026-03-02T11:00:00Z",
    agent: "Cleo",
    photos: ["truth-wrong-time", "truth-wrong-place", "truth-edited"],
  },
];

/** The same job every time; `host` is the photo host's address. */
export function truthSample(host: string) {
  return {
    count: VISITS.length,
    visits: VISITS.map(({ store, time, agent, photos }) => ({
      store_id: store,
      image_url: photos.map((photo) => `${host}/photos/${photo}.jpg`),
      visit_time: time,
      metadata: { agent },
    })),
  };
}
