/** What we call of libheif-js, which has no types for its ready-made module: libde265, the HEVC decoder inside it, whose pointers are numbers, and its own pictures. */
declare module "libheif-js/wasm-bundle.js" {
  type HeifImage = {
    is_primary(): boolean | number;
    get_width(): number;
    get_height(): number;
    /** Fills in RGBA; calls back with null where it cannot. */
    display(
      into: { readonly width: number; readonly height: number; readonly data: Uint8ClampedArray },
      done: (shown: object | null) => void,
    ): void;
    free(): void;
  };
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
    readonly HeifDecoder: new () => {
      /** The context of the last file, to be freed. */
      readonly decoder: object | null | undefined;
      /** None where nothing can be read. They are to be freed. */
      decode(bytes: Uint8Array): readonly HeifImage[];
    };
    heif_context_free(context: object): void;
  };
  // biome-ignore lint/style/noDefaultExport: it is theirs
  export default library;
}
