/** As `structures.ts`, for formats made of boxes and sections: AVIF, HEIC, JPEG XL, ICO, PSD. */
import { ascii, join, u16be, u16le, u32be, u32le, zeros } from "../../src/testing/image-bytes.ts";
import type { Choices } from "./choices.ts";

const WRONG_LENGTH = 4;

function boxesBy({ odd, percent, pick }: Choices) {
  return (type: string, ...data: readonly ArrayLike<number>[]): Uint8Array => {
    const body = join(...data);
    if (percent(WRONG_LENGTH)) return join(u32be(pick(0, 1, 7, odd(4))), ascii(type), body);
    if (percent(WRONG_LENGTH))
      return join(u32be(1), ascii(type), u32be(pick(0, odd(4))), u32be(body.length + 16), body);
    return join(u32be(body.length + 8), ascii(type), body);
  };
}

export function imageBoxes(choices: Choices): Uint8Array {
  const { below, odd, percent, pick, several } = choices;
  const box = boxesBy(choices);
  const flags = () => (percent(95) ? zeros(4) : [below(4), 0, 0, below(2)]);
  const extents = () => box("ispe", flags(), u32be(odd(4)), u32be(odd(4)));
  const clap = () => box("clap", Array.from({ length: 8 }, () => pick(1, 2, below(90), odd(4))).flatMap(u32be));
  const property = () =>
    pick(extents, extents, clap, () => box(pick("irot", "pixi", "colr"), choices.bytes(below(9))))();
  const properties = () => box("ipco", extents(), ...several(4, property));
  const association = (item: number) => {
    const numbers = several(4, () => pick(1, 1, 2, 0x82, odd(1)));
    return [...u16be(item), percent(95) ? numbers.length : odd(1), ...numbers];
  };
  const associations = () => {
    const items = [[...u16be(1), 1, 1], ...several(3, () => association(pick(1, 2, odd(2))))];
    return box("ipma", flags(), u32be(percent(95) ? items.length : odd(4)), items.flat());
  };
  const meta = () => {
    const inside = [
      box("pitm", flags(), u16be(pick(1, 1, 1, odd(2)))),
      ...(percent(90) ? [box("iprp", properties(), associations())] : []),
      ...(percent(40) ? [itemLocations(choices)] : []),
      ...several(2, () => box(pick("hdlr", "iinf", "idat", "iref"), choices.bytes(below(20)))),
    ];
    return box("meta", flags(), ...(percent(90) ? inside : inside.toReversed()));
  };
  const data = () => box(pick("mdat", "mdat", "idat", "free"), choices.bytes(below(60)));
  const order = pick([meta, data], [meta, data], [data, meta], [meta], [data]);
  const brand = pick("avif", "heic", "heix", "mif1", "avis", "isom");
  const ftyp = join(u32be(24), ascii("ftyp"), ascii(brand), zeros(4), ascii(pick("avif", "heic")), ascii("miaf"));
  return join(ftyp, ...several(1, () => box("free", choices.bytes(below(20)))), ...order.map((make) => make()));
}

/** The item location box with fields of any width; now and then with as many items as it can have. */
function itemLocations(choices: Choices): Uint8Array {
  const { below, odd, percent, pick, several } = choices;
  const box = boxesBy(choices);
  const version = pick(0, 0, 1, 2, odd(1));
  const widths = pick([0x44, 0], [0x44, 0x40], [0x88, 0x84], [0, 0], [0, 0], [odd(1), odd(1)]);
  const item = () => [
    ...u16be(odd(2)),
    ...u16be(pick(0, odd(2))),
    ...u16be(pick(1, 0xffff, odd(2))),
    ...choices.bytes(pick(0, below(16))),
  ];
  const items = percent(10) ? new Array<number[]>(40_000).fill(item()) : several(4, item);
  return box("iloc", [version, 0, 0, 0], widths, u16be(percent(80) ? items.length : odd(2)), items.flat());
}

export function jxlBoxes(choices: Choices): Uint8Array {
  const { below, percent, pick, several } = choices;
  const box = boxesBy(choices);
  const codestream = () => join(percent(95) ? [0xff, 0x0a] : choices.bytes(2), choices.bytes(below(30)));
  if (percent(40)) return join([0xff, 0x0a], choices.bytes(below(30)));
  const whole = codestream();
  const cut = below(whole.length);
  const data = pick(
    () => [box("jxlc", whole)],
    () => [box("jxlp", zeros(4), whole.subarray(0, cut)), box("jxlp", [0x80, 0, 0, 1], whole.subarray(cut))],
    () => several(3, () => box(pick("jxlc", "jxlp", "Exif"), choices.bytes(below(12)))),
  )();
  const start = [0, 0, 0, 12, ...ascii("JXL "), 0x0d, 0x0a, 0x87, 0x0a];
  const ftyp = box("ftyp", ascii(percent(95) ? "jxl " : "jxlx"), zeros(4), ascii("jxl "));
  return join(start, ftyp, ...several(1, () => box("jxll", [10])), ...data);
}

export function icoEntries(choices: Choices): Uint8Array {
  const { below, odd, percent, pick, several } = choices;
  const entry = () => [
    odd(1),
    odd(1),
    0,
    pick(0, 0, 255, odd(1)),
    ...zeros(4),
    ...u32le(pick(4, odd(4))),
    ...u32le(pick(22, below(90), odd(4))),
  ];
  const entries = [entry(), ...several(5, entry)];
  const count = percent(85) ? entries.length : odd(2);
  return join([0, 0, 1, 0], u16le(count), entries.flat(), zeros(below(90)));
}

export function psdSections(choices: Choices): Uint8Array {
  const { below, odd, percent, pick, several } = choices;
  const version = pick(1, 1, 2);
  const header = [
    ...u16be(version),
    ...zeros(6),
    ...u16be(odd(2)),
    ...u32be(odd(4)),
    ...u32be(odd(4)),
    ...u16be(8),
    ...u16be(3),
  ];
  const sections = several(3, () => {
    const data = choices.bytes(below(20));
    return [...u32be(percent(90) ? data.length : odd(4)), ...data];
  });
  return join(ascii("8BPS"), header, sections.flat(), zeros(below(20)));
}
