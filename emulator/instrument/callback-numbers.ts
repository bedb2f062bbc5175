// The numbers by which generated code calls host functions. Those of a block that is forgotten are given to others, so
// that a guest whose code changes for ever does not fill the table.
import { type HostCall, hostCall } from "../ir/host-call.ts";
import type { Block } from "../ir/types.ts";
import type { CallbackNumber } from "./weave.ts";

export class CallbackNumbers {
  private readonly table: HostCall[];
  private readonly ofBlock = new Map<Block, readonly number[]>();
  private readonly free: number[] = [];
  /** Of blocks that are forgotten, the last of which may still be running. */
  private released: number[] = [];

  constructor(table: HostCall[]) {
    this.table = table;
  }

  /** Has a block made that calls back. Blocks are made while none is running, so what was released is free now. */
  assign(make: (numberOf: CallbackNumber) => Block): Block {
    for (const number of this.released) {
      this.table[number] = isOfNoBlock;
      this.free.push(number);
    }
    this.released = [];
    const numbers: number[] = [];
    const block = make((callback) => {
      const number = this.free.pop() ?? this.table.length;
      this.table[number] = callback;
      numbers.push(number);
      return number;
    });
    if (numbers.length > 0) this.ofBlock.set(block, numbers);
    return block;
  }

  /** The block has been forgotten. */
  release(block: Block): void {
    const numbers = this.ofBlock.get(block);
    if (!numbers) return;
    this.ofBlock.delete(block);
    for (const number of numbers) this.released.push(number);
  }
}

const isOfNoBlock = hostCall(() => {
  throw new Error("a block that was forgotten called back");
});
