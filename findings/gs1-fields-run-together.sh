#!/usr/bin/env bash
# Guess: a reader of a GS1 code says where a field of free length ends. (10)AB(21)12 is lot AB, serial 12, and not lot AB2112.
# Came: @zxing/library 0.23.0 gives …10AB2112 for GS1-128, also with its hint ASSUME_GS1. jsqr 1.4.0 gives …10AB%2112 for the GS1 QR code,
# as if a percent sign stood there. qr 0.7.0 cannot read that code. zxing-wasm 3.1.4 and quagga2 1.12.1 mark the end.
# Why it matters: lots and dates of fresh goods are read off shelf photos. A lot that never was cannot be called back.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts bwip-js@4.11.4 pngjs@7.0.0 zxing-wasm@3.1.4 @zxing/library@0.23.0 \
  @ericblade/quagga2@1.12.1 jsqr@1.4.0 qr@0.7.0
cat > look.mjs <<'END'
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import quagga from "@ericblade/quagga2";
import zxing from "@zxing/library";
import bwip from "bwip-js";
import jsQr from "jsqr";
import { PNG } from "pngjs";
import decodeQr from "qr/decode.js";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";

prepareZXingModule({ overrides: { wasmBinary: readFileSync("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm").buffer } });
const print = (bcid, more) => bwip.toBuffer({ bcid, text: "(01)04012345123456(10)AB(21)12", scale: 3, paddingwidth: 20, paddingheight: 20, backgroundcolor: "FFFFFF", ...more });
const pixelsOf = (png) => {
  const { data, width, height } = PNG.sync.read(png);
  return { data: new Uint8ClampedArray(data), width, height };
};
const byLibrary = (png, ...hints) => {
  const { data, width, height } = pixelsOf(png);
  const greys = Uint8ClampedArray.from({ length: width * height }, (_, at) => data[at * 4]);
  const reader = new zxing.MultiFormatReader();
  reader.setHints(new Map([[zxing.DecodeHintType.TRY_HARDER, true], ...hints]));
  return reader.decode(new zxing.BinaryBitmap(new zxing.HybridBinarizer(new zxing.RGBLuminanceSource(greys, width, height)))).getText();
};
const byQuagga = async (png) => {
  const src = `data:image/png;base64,${png.toString("base64")}`;
  const decoder = { readers: ["code_128_reader"] };
  return (await quagga.decodeSingle({ src, inputStream: { size: 0 }, locate: false, decoder })).codeResult.code;
};
const byQr = (png) => {
  try {
    return decodeQr(pixelsOf(png));
  } catch {
    return "error";
  }
};
const bars = await print("gs1-128", { height: 20 });
const square = await print("gs1qrcode");
const { data, width, height } = pixelsOf(square);
const shown = (text) => text.replaceAll("\u001d", "<GS>");
const seen = {
  "GS1-128": {
    "zxing-wasm": (await readBarcodes(new Blob([bars])))[0].text,
    quagga2: shown(await byQuagga(bars)),
    "@zxing/library": shown(byLibrary(bars)),
    "@zxing/library, ASSUME_GS1": shown(byLibrary(bars, [zxing.DecodeHintType.ASSUME_GS1, true])),
  },
  "GS1 QR": {
    "zxing-wasm": (await readBarcodes(new Blob([square])))[0].text,
    "@zxing/library": shown(byLibrary(square)),
    jsqr: shown(jsQr(data, width, height).data),
    qr: byQr(square),
  },
};
console.log(seen);
assert.deepEqual(seen, {
  "GS1-128": { "zxing-wasm": "(01)04012345123456(10)AB(21)12", quagga2: "<GS>010401234512345610AB<GS>2112", "@zxing/library": "010401234512345610AB2112", "@zxing/library, ASSUME_GS1": "010401234512345610AB2112" },
  "GS1 QR": { "zxing-wasm": "(01)04012345123456(10)AB(21)12", "@zxing/library": "010401234512345610AB<GS>2112", jsqr: "010401234512345610AB%2112", qr: "error" },
});
END
node look.mjs
