// Small programs that make system calls by name.
import { writeElf } from "../../testing/elf-writer.ts";
import * as encode from "../../testing/encode.ts";
import { Assembler, Label } from "../../testing/structured/assembler.ts";
import { syscallDescriptions } from "../linux/syscall-table.ts";

const numbers = new Map([...syscallDescriptions.values()].map(({ name, number }) => [name, number]));
const TEXT = 0x11000;
const A0 = 10;
const A7 = 17;

export interface MadeCall {
  name: string;
  at: Label;
  next: Label;
}

export class SyscallProgram extends Assembler {
  constructor() {
    super(TEXT);
  }

  /** Arguments that are not given are what the registers hold. */
  systemCall(name: string, ...args: readonly (number | Label)[]): MadeCall {
    const number = numbers.get(name);
    if (number === undefined) throw new Error(`no system call is named ${name}`);
    args.forEach((argument, n) => {
      if (argument instanceof Label) this.address(A0 + n, argument);
      else this.constant(A0 + n, argument);
    });
    this.constant(A7, number);
    const at = this.label();
    this.emit(encode.ecall);
    return { name, at, next: this.label() };
  }

  /** 64-bit words of data, jumped over. */
  words(...values: readonly (number | Label)[]): Label {
    const after = new Label();
    this.jump(after);
    this.align(8);
    const label = this.label();
    for (const value of values) {
      if (value instanceof Label) this.addressData(value);
      else this.data(value, value >>> 16, 0, 0);
    }
    this.place(after);
    return label;
  }

  /** One segment, readable, writable and executable. */
  elf(): Uint8Array {
    return writeElf(TEXT, [{ address: TEXT, bytes: this.finish(), flags: 7 }]);
  }
}
