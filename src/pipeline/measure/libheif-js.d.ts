/** What we call of libheif-js, which has no types for its ready-made module: libde265, the HEVC decoder inside it. Pointers are numbers. */
declare module "libheif-js/wasm-bundle.js" {
  const library: {
    readonly HEAPU8: Uint8Array;
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    _de265_new_decoder(): number;
    _de265_free_decoder(decoder: number): void;
    _de265_set_parameter_bool(decoder: number, parameter: number, value: number): void;
    /** The time, of 64 bits, is two numbers. */
    _de265_push_NAL(
      decoder: number,
      unit: number,
      bytes: number,
      timeLow: number,
      timeHigh: number,
      user: number,
    ): number;
    _de265_flush_data(decoder: number): number;
    _de265_decode(decoder: number, more: number): number;
    _de265_get_next_picture(decoder: number): number;
  };
  // biome-ignore lint/style/noDefaultExport: it is theirs
  export default library;
}
