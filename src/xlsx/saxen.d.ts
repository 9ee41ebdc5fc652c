/** What we call of saxen, which has no types: its streaming mode. */
declare module "saxen" {
  type Decode = (text: string) => string;
  type Attributes = Readonly<Record<string, string>>;

  export class Parser {
    on(
      event: "openTag",
      listener: (name: string, attributes: () => Attributes, decode: Decode, isSelfClosing: boolean) => void,
    ): this;
    on(event: "closeTag", listener: (name: string) => void): this;
    on(event: "text", listener: (text: string, decode: Decode) => void): this;
    on(event: "cdata", listener: (text: string) => void): this;
    /** Without a listener the parser throws. */
    on(event: "error", listener: (error: Error) => void): this;
    write(text: string): this;
    end(): Error | undefined;
  }
}
