// A set of guest registers, as bits.
import type { RegisterIndex } from "../ir/types.ts";

/** A guest's register file has no more. */
const MAX_REGISTERS = 128;

export class RegisterSet {
  private readonly words = new Int32Array(MAX_REGISTERS / 32);

  static all(): RegisterSet {
    const set = new RegisterSet();
    set.words.fill(-1);
    return set;
  }

  copy(): RegisterSet {
    const set = new RegisterSet();
    set.words.set(this.words);
    return set;
  }

  has(reg: RegisterIndex): boolean {
    return (this.words[reg >> 5] & (1 << reg)) !== 0;
  }

  add(reg: RegisterIndex): void {
    this.words[reg >> 5] |= 1 << reg;
  }

  clear(): void {
    this.words.fill(0);
  }

  /** Adds another set; tells whether that changed anything. */
  addAll(other: RegisterSet): boolean {
    let changed = false;
    for (let i = 0; i < this.words.length; i++) {
      const word = this.words[i] | other.words[i];
      if (word !== this.words[i]) changed = true;
      this.words[i] = word;
    }
    return changed;
  }

  removeAll(other: RegisterSet): this {
    for (let i = 0; i < this.words.length; i++) this.words[i] &= ~other.words[i];
    return this;
  }

  /** Keeps what is in both. */
  keep(other: RegisterSet): this {
    for (let i = 0; i < this.words.length; i++) this.words[i] &= other.words[i];
    return this;
  }

  get isEmpty(): boolean {
    return this.words.every((word) => word === 0);
  }

  get size(): number {
    return [...this].length;
  }

  /** Equal for equal sets. */
  get key(): string {
    return this.words.join();
  }

  *[Symbol.iterator](): Generator<RegisterIndex> {
    for (let i = 0; i < this.words.length; i++)
      for (let word = this.words[i]; word !== 0; word &= word - 1) yield 32 * i + 31 - Math.clz32(word & -word);
  }
}
