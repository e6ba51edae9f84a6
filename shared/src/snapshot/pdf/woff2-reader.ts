/** Reads numbers one after the other, big endian, and WOFF2's two kinds of short ones. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  u8(): number {
    return this.#view.getUint8(this.#at++);
  }

  u16(): number {
    this.#at += 2;
    return this.#view.getUint16(this.#at - 2);
  }

  i16(): number {
    this.#at += 2;
    return this.#view.getInt16(this.#at - 2);
  }

  u32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4);
  }

  skip(n: number): void {
    this.#at += n;
  }

  take(n: number): Uint8Array {
    if (this.#at + n > this.#bytes.length) throw new RangeError("a font ends too early");
    this.#at += n;
    return this.#bytes.subarray(this.#at - n, this.#at);
  }

  text(n: number): string {
    return String.fromCharCode(...this.take(n));
  }

  /** UIntBase128: seven bits a byte, the highest says that more come. */
  base128(): number {
    let n = 0;
    for (let i = 0; i < 5; i++) {
      const byte = this.u8();
      n = n * 128 + (byte & 0x7f);
      if (byte < 0x80) return n;
    }
    throw new RangeError("a number of a font is too long");
  }

  /** 255UInt16: one byte for most. */
  short(): number {
    const code = this.u8();
    if (code === 253) return this.u16();
    if (code === 254) return this.u8() + 506;
    if (code === 255) return this.u8() + 253;
    return code;
  }
}
