// Where things are in the process's address space: the heap that brk moves, and room for mmap, which is given out
// from the stack downwards.
//
//   program | heap ->      <- mmap | guard | stack (8 MiB) | gap | trampoline
import { PAGE_SIZE } from "../layout.ts";
import { type GuestMemory, Protection } from "../memory.ts";

export const STACK_SIZE = 8 << 20;
const STACK_GUARD = 1 << 20;
/** The lowest address that mmap gives out or accepts, as vm.mmap_min_addr has it. */
export const LOWEST_ADDRESS = 0x10000;

export function pageDown(address: number): number {
  return address - (address % PAGE_SIZE);
}

export function pageUp(address: number): number {
  return pageDown(address + PAGE_SIZE - 1);
}

export class AddressSpace {
  readonly stackTop: number;
  /** Code that calls rt_sigreturn, to which signal handlers return. */
  readonly trampoline: number;
  /** First address past what mmap gives out. */
  private readonly mapTop: number;
  private breakStart = 0;
  private breakEnd = 0;

  constructor(private readonly memory: GuestMemory) {
    this.trampoline = pageDown(memory.limit) - 2 * PAGE_SIZE;
    this.stackTop = this.trampoline - 16 * PAGE_SIZE;
    this.mapTop = this.stackTop - STACK_SIZE - STACK_GUARD;
  }

  /** Is this where a stack that has outgrown its room would go on? */
  isBelowStack(address: bigint): boolean {
    return address >= BigInt(this.mapTop) && address < BigInt(this.stackTop - STACK_SIZE);
  }

  /** Highest address that a program may be loaded below. */
  get programLimit(): number {
    return this.mapTop;
  }

  /** Maps the stack and the trampoline, and starts the heap at `programEnd`. */
  initialise(programEnd: number): void {
    this.breakStart = this.breakEnd = pageUp(programEnd);
    this.memory.map(this.stackTop - STACK_SIZE, STACK_SIZE, Protection.Read | Protection.Write, "[stack]");
    this.memory.map(this.trampoline, PAGE_SIZE, Protection.Read | Protection.Execute, "[vdso]");
    // li a7, 139 (rt_sigreturn); ecall. Unwinders know signal frames by exactly these words.
    this.memory.write(BigInt(this.trampoline), new Uint8Array(new Uint32Array([0x08b00893, 0x00000073]).buffer));
  }

  /** brk(2): the new end of the heap, or the old one when it cannot be moved there. */
  setBreak(wanted: bigint): number {
    if (wanted < BigInt(this.breakStart) || wanted > BigInt(this.mapTop)) return this.breakEnd;
    const end = Number(wanted);
    const [from, to] = [pageUp(this.breakEnd), pageUp(end)];
    if (to > from) {
      if (!this.memory.isAll(false, from, to - from)) return this.breakEnd;
      this.memory.map(from, to - from, Protection.Read | Protection.Write, "[heap]");
    } else if (to < from) {
      this.memory.unmap(to, from - to);
    }
    this.breakEnd = end;
    return end;
  }

  /** The highest free range of `length` bytes (a multiple of the page size), or undefined when there is none. */
  findFree(length: number): number | undefined {
    let end = this.mapTop;
    for (const mapping of [...this.memory.mappings()].reverse()) {
      if (mapping.start >= this.mapTop) continue;
      if (end - Math.max(mapping.end, LOWEST_ADDRESS) >= length) return end - length;
      end = mapping.start;
    }
    return end - LOWEST_ADDRESS >= length ? end - length : undefined;
  }

  /** May [address, address + length) be mapped by the program at a place of its choice? */
  accepts(address: bigint, length: bigint): boolean {
    return address >= BigInt(LOWEST_ADDRESS) && address + length <= BigInt(this.trampoline);
  }
}
