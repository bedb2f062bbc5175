// Cells that guest code addresses itself.
import type { Cell64, CellArray, Operand } from "../../plugins/api/index.ts";
import { CellExpression } from "./expressions.ts";
import type { PluginMemory } from "./instrument-memory.ts";

const MAX_LENGTH = 1 << 20;

export class SharedArray implements CellArray {
  readonly name: string;
  readonly length: number;
  readonly #offset: number;
  readonly #words: BigUint64Array;

  constructor(memory: PluginMemory, name: string, length: number) {
    if (!Number.isInteger(length) || length < 1 || length > MAX_LENGTH || (length & (length - 1)) !== 0)
      throw new RangeError(`the length of array "${name}" must be a power of two up to ${MAX_LENGTH}, not ${length}`);
    this.name = name;
    this.length = length;
    this.#offset = memory.allocateNamed(`array ${name}`, 8 * length);
    this.#words = memory.memory.words.subarray(this.#offset >> 3, (this.#offset >> 3) + length);
  }

  at(index: Operand): Cell64 {
    return new CellExpression(`${this.name}[...]`, this.#offset, { operand: index, mask: BigInt(this.length - 1) });
  }

  get(index: number): bigint {
    return this.#words[this.#checked(index)];
  }

  set(index: number, value: bigint): void {
    this.#words[this.#checked(index)] = value;
  }

  values(): BigUint64Array {
    return this.#words.slice();
  }

  fill(value = 0n, start = 0, end = this.length): void {
    if (start !== this.length) this.#checked(start);
    if (end !== 0) this.#checked(end - 1);
    this.#words.fill(value, start, end);
  }

  #checked(index: number): number {
    if (!Number.isInteger(index) || index < 0 || index >= this.length)
      throw new RangeError(`array "${this.name}" has cells 0 to ${this.length - 1}, none ${index}`);
    return index;
  }
}
