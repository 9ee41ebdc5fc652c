#!/usr/bin/env bash
# Guess: the bars of a UPC-A, the usual ones in North America, give its 12 digits in every reader, and those of a UPC-E (small cans) one
# and the same number too.
# Came: zxing-wasm 3.1.4 gives 13 digits for both, and calls the UPC-A an EAN-13. @zxing/library 0.23.0 gives 12 for the UPC-A, also where
# it was printed as an EAN-13 with 0 in front, and cannot read UPC-E at all, which its README lists. quagga2 1.12.1 gives 12 or 13 by which
# of its readers is named first, and the 8 short digits for UPC-E.
# Why it matters: the same can has another number on each phone, and joins nothing in the product list.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts bwip-js@4.11.4 pngjs@7.0.0 zxing-wasm@3.1.4 @zxing/library@0.23.0 @ericblade/quagga2@1.12.1
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import quagga from "@ericblade/quagga2";
import zxing from "@zxing/library";
import bwip from "bwip-js";
import { PNG } from "pngjs";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

prepareZXingModule({ overrides: { wasmBinary: readFileSync("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm").buffer } });
const print = (bcid, text) => bwip.toBuffer({ bcid, text, scale: 3, height: 20, paddingwidth: 20, paddingheight: 20, backgroundcolor: "FFFFFF" });
const byLibrary = (png) => {
  const { data, width, height } = PNG.sync.read(png);
  const greys = Uint8ClampedArray.from({ length: width * height }, (_, at) => data[at * 4]);
  const reader = new zxing.MultiFormatReader();
  reader.setHints(new Map([[zxing.DecodeHintType.TRY_HARDER, true], [zxing.DecodeHintType.POSSIBLE_FORMATS, [zxing.BarcodeFormat.UPC_A, zxing.BarcodeFormat.UPC_E, zxing.BarcodeFormat.EAN_13]]]));
  try {
    return reader.decode(new zxing.BinaryBitmap(new zxing.HybridBinarizer(new zxing.RGBLuminanceSource(greys, width, height)))).getText();
  } catch (error) {
    return error.getKind();
  }
};
const byQuagga = async (png, readers) => {
  const src = `data:image/png;base64,${png.toString("base64")}`;
  return (await quagga.decodeSingle({ src, inputStream: { size: 0 }, locate: false, decoder: { readers } })).codeResult.code;
};
const seen = {};
for (const [name, bars] of [["UPC-A", await print("upca", "012345678905")], ["UPC-E", await print("upce", "01234565")]]) {
  const [found] = await readBarcodes(new Blob([bars]));
  seen[name] = {
    "zxing-wasm": `${found.format} ${found.text}`,
    "@zxing/library": byLibrary(bars),
    "quagga2, UPC first": await byQuagga(bars, ["upc_reader", "upc_e_reader", "ean_reader"]),
    "quagga2, EAN first": await byQuagga(bars, ["ean_reader", "upc_reader", "upc_e_reader"]),
  };
}
seen["EAN-13 with 0"] = { "@zxing/library": byLibrary(await print("ean13", "0012345678905")) };
console.table(seen);
assert.deepEqual(seen, {
  "UPC-A": { "zxing-wasm": "EAN13 0012345678905", "@zxing/library": "012345678905", "quagga2, UPC first": "012345678905", "quagga2, EAN first": "0012345678905" },
  "UPC-E": { "zxing-wasm": "UPCE 0012345000065", "@zxing/library": "NotFoundException", "quagga2, UPC first": "01234565", "quagga2, EAN first": "01234565" },
  "EAN-13 with 0": { "@zxing/library": "012345678905" },
});
END
node look.mjs
