/**
 * The windows of a sketch: parts that are given a code each. What is stored is a small grid of windows; what is asked with is
 * many more, moved and scaled, so that a crop of a photo still has a window that shows what a stored one shows.
 */

/** In units of the sketch's side: the window's width and height, and its centre's offset from the sketch's centre. */
export type Window = { readonly width: number; readonly height: number; readonly x: number; readonly y: number };

const WIDE = 0.8;
const NARROW = 0.6;
const NARROW_STEP = 0.067;
const WIDE_STEP = 0.045;

/** The upper part, which stamps of date and place leave alone. */
const UPPER: Window = { width: 0.8, height: 0.67, x: 0, y: -0.135 };

function grid(side: number, step: number): Window[] {
  const steps = [-step, 0, step];
  return steps.flatMap((y) => steps.map((x) => ({ width: side, height: side, x, y })));
}

/** What is stored of each photo. Their order is part of what is stored: an entry names its window by number. */
export const STORED_WINDOWS: readonly Window[] = [...grid(WIDE, WIDE_STEP), UPPER, ...quincunx(NARROW, NARROW_STEP)];

/** Its middle and four corners: nine found 97 to 100 % of crops of a fifth, at half as many bytes again for it. */
function quincunx(side: number, step: number): Window[] {
  return grid(side, step).filter(({ x, y }) => (x === 0) === (y === 0));
}

const NEAR = 0.0113;
const NEAR_OFFSETS = [-NEAR, NEAR];
/** Crops of up to 10 % and pictures stretched a little: how much more of the later photo a window takes, across and down. */
const SCALES: readonly (readonly [number, number])[] = [
  [1, 1],
  [1.053, 1.053],
  [1.111, 1.111],
  [0.95, 0.95],
  [0.9, 0.9],
  [1.053, 1],
  [1, 1.053],
  [1.111, 1],
  [1, 1.111],
  [0.95, 1],
  [1, 0.95],
  [0.9, 1],
  [1, 0.9],
];

/** Crops of 15 to 25 %. */
const CROPS = [1.18, 1.25, 1.32];
const CROP_OFFSETS = [-0.0315, -0.0105, 0.0105, 0.0315];

/** `plain` and `near` windows are asked in all eight views, `even` ones mirrored too, the others as it is. */
export type AskedWindow = { readonly window: Window; readonly tier: "plain" | "near" | "even" | "upper" | "crop" };

/** What a later photo is asked with. */
export const ASKED_WINDOWS: readonly AskedWindow[] = [
  { window: { width: WIDE, height: WIDE, x: 0, y: 0 }, tier: "plain" as const },
  ...[1, 1.053].flatMap((scale) =>
    [-0.0125, 0.0125].flatMap((y) =>
      [-0.0125, 0.0125].map((x) => ({
        window: { width: UPPER.width * scale, height: UPPER.height * scale, x, y: UPPER.y * scale + y },
        tier: "upper" as const,
      })),
    ),
  ),
  ...SCALES.flatMap(([across, down]) =>
    NEAR_OFFSETS.flatMap((y) =>
      NEAR_OFFSETS.map((x) => ({
        window: { width: WIDE * across, height: WIDE * down, x, y },
        tier: tierOf(across, down),
      })),
    ),
  ),
  ...CROPS.flatMap((scale) =>
    CROP_OFFSETS.flatMap((y) =>
      CROP_OFFSETS.map((x) => ({
        window: { width: NARROW * scale, height: NARROW * scale, x: x * scale, y: y * scale },
        tier: "crop" as const,
      })),
    ),
  ),
].filter(({ window }) => fits(window.width, window.x) && fits(window.height, window.y));

function tierOf(across: number, down: number): AskedWindow["tier"] {
  if (across === 1 && down === 1) return "near";
  return across === down ? "even" : "crop";
}

function fits(length: number, offset: number): boolean {
  return length / 2 + Math.abs(offset) <= 0.502;
}
