// Where functions begin and end, found by asking for the symbols of addresses: those of a function are the ones between
// its beginning and the first address that has another symbol, or none.

export interface Bounds {
  readonly name: string;
  readonly start: bigint;
  /** Exclusive. */
  readonly end: bigint;
}

/** No function is longer. */
const LONGEST = 1n << 30n;

export class FunctionBounds {
  /** By beginning; and by the addresses that were asked for. */
  readonly #known = new Map<bigint, Bounds>();
  readonly #asked = new Map<bigint, Bounds | undefined>();

  /** `symbolAt` gives `main+0x12` or `main`. */
  constructor(private readonly symbolAt: (vaddr: bigint) => string | undefined) {}

  /** The function that covers an address. Asks for some dozens of symbols when a function is met for the first time. */
  around(vaddr: bigint): Bounds | undefined {
    if (!this.#asked.has(vaddr)) this.#asked.set(vaddr, this.#find(vaddr));
    return this.#asked.get(vaddr);
  }

  #find(vaddr: bigint): Bounds | undefined {
    const [name, offset] = this.#symbol(vaddr);
    if (name === undefined) return undefined;
    const start = vaddr - offset;
    const known = this.#known.get(start);
    if (known) return known;
    const isInside = (at: bigint) => {
      const [other, distance] = this.#symbol(at);
      return other === name && at - distance === start;
    };
    let [inside, step] = [vaddr, 1n];
    while (step < LONGEST && isInside(inside + step)) {
      inside += step;
      step *= 2n;
    }
    let outside = inside + step;
    while (outside - inside > 1n) {
      const middle = (inside + outside) >> 1n;
      if (isInside(middle)) inside = middle;
      else outside = middle;
    }
    const bounds = { name, start, end: outside };
    this.#known.set(start, bounds);
    return bounds;
  }

  #symbol(vaddr: bigint): [name: string | undefined, offset: bigint] {
    const text = this.symbolAt(vaddr);
    const at = text?.match(/^(.*)\+0x([0-9a-f]+)$/s);
    return at ? [at[1], BigInt(`0x${at[2]}`)] : [text, 0n];
  }
}
