declare module "bidi-js" {
  interface Bidi {
    getEmbeddingLevels(
      text: string,
      base?: "ltr" | "rtl",
    ): {
      readonly levels: Uint8Array;
      readonly paragraphs: readonly { readonly start: number; readonly end: number; readonly level: number }[];
    };
  }
  const factory: () => Bidi;
  export default factory;
}

declare module "linebreak" {
  export default class LineBreaker {
    constructor(text: string);
    nextBreak(): { readonly position: number; readonly required: boolean } | null;
  }
}
