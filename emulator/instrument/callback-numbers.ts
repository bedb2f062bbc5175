// The numbers by which generated code calls host functions. They are reused when a block is translated again, so that a
// guest whose code changes for ever does not fill the table.
import type { Block } from "../ir/types.ts";
import type { CallbackNumber } from "./weave.ts";

export class CallbackNumbers {
  private readonly table: (() => void)[];
  /** By address and length of the block: two translations alike in both are of the same code, or one is dead. */
  private readonly byBlock = new Map<string, number[]>();

  constructor(table: (() => void)[]) {
    this.table = table;
  }

  forBlock(block: Block): CallbackNumber {
    const key = `${block.pc}+${block.size}`;
    const numbers = this.byBlock.get(key) ?? [];
    this.byBlock.set(key, numbers);
    let used = 0;
    return (callback) => {
      if (used === numbers.length) numbers.push(this.table.length);
      const number = numbers[used++];
      this.table[number] = callback;
      return number;
    };
  }
}
