// Random valid blocks, to compare engines and passes with each other. The same `random` gives the same block.
import { BlockBuilder } from "../builder.ts";
import { BINARY_NAMES, CONVERT_NAMES, FLOAT_FORMATS, FLOAT_NAMES, UNARY_NAMES } from "../ops.ts";
import type { Block, RegisterIndex, Rounding, Size, Temp, Terminator } from "../types.ts";

export interface RandomBlockOptions {
  /** Registers to read and write, integer and floating point alike. */
  registers: readonly RegisterIndex[];
  /** Read and written now and then, as programs do. */
  floatFlags: RegisterIndex;
  floatRounding: RegisterIndex;
  /** Guest addresses of accesses; a few go just outside. `size` is a power of two. */
  memory: { base: bigint; size: number };
  /** Byte offsets of counters; none: no `count`. */
  counters?: readonly number[];
  /** Host functions, and the registers each writes; none: no `call`. */
  calls?: readonly { id: number; writes: readonly RegisterIndex[] }[];
  /** Guest instructions; each has some operations. Default 8. */
  instructions?: number;
  /** Chance of a `breakpoint` before an instruction. Default 0. */
  breakpoints?: number;
  /** Chance of an access that may be anywhere, and of a `trapif`. Default 0.02. */
  traps?: number;
  floats?: boolean;
  /** Does no instruction read Temps of others? Default false. */
  separable?: boolean;
}

/** A generator of numbers in [0, 1) from a 32-bit seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Bit patterns where things go wrong, as integers and as floating-point numbers of both formats. */
export const CORNERS: readonly bigint[] = [
  0n,
  1n,
  2n,
  -1n,
  0x7fn,
  0x80n,
  0xffffn,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  0x100000000n,
  -0x80000000n,
  0x7fffffffffffffffn,
  -0x8000000000000000n,
  0x3ff0000000000000n,
  0x3fe0000000000000n,
  0x4008000000000000n,
  -0x4010000000000000n,
  0x7ff0000000000000n,
  -0x10000000000000n,
  0x7ff8000000000000n,
  0x7ff0000000000001n,
  0x0010000000000000n,
  0x000fffffffffffffn,
  0x7fefffffffffffffn,
  0x3fb999999999999an,
  0x43e0000000000000n,
  0x3f800000n,
  0x40490fdbn,
  0xbf800000n,
  0x7f800000n,
  0xff800000n,
  0x7fc00000n,
  0x7f800001n,
  0x00800000n,
  0x007fffffn,
  0x7f7fffffn,
  0x3dcccccdn,
  0x4f000000n,
];

/** A value likely to matter. */
export function randomValue(random: () => number): bigint {
  const kind = random();
  if (kind < 0.3) return BigInt.asIntN(64, CORNERS[Math.floor(random() * CORNERS.length)]);
  if (kind < 0.5) return BigInt(Math.floor(random() * 200) - 100);
  const bits = BigInt(Math.floor(random() * 2 ** 32)) | (BigInt(Math.floor(random() * 2 ** 32)) << 32n);
  if (kind < 0.65) return BigInt.asIntN(64, bits) >> BigInt(Math.floor(random() * 64));
  // A floating-point number of middling size, so that sums and products do not all overflow.
  if (kind < 0.8) return BigInt.asUintN(52, bits) | (BigInt(1000 + Math.floor(random() * 50)) << 52n);
  if (kind < 0.9) return BigInt.asUintN(23, bits) | (BigInt(110 + Math.floor(random() * 30)) << 23n);
  return BigInt.asIntN(64, bits);
}

export function randomBlock(random: () => number, options: RandomBlockOptions): Block {
  return new Generator(random, options).run();
}

class Generator {
  private readonly builder: BlockBuilder;
  /** Temps visible here. */
  private temps: Temp[] = [];
  /** A register that held an address not long ago. */
  private pointer: RegisterIndex | undefined;

  constructor(
    private readonly random: () => number,
    private readonly options: RandomBlockOptions,
  ) {
    this.builder = new BlockBuilder(0x10000n + 2n * BigInt(this.below(0x1000)));
  }

  run(): Block {
    const { builder, options } = this;
    let pc = builder.pc;
    const count = 1 + this.below(options.instructions ?? 8);
    for (let i = 0; i < count; i++) {
      const length = this.chance(0.4) ? 2 : 4;
      if (this.chance(options.breakpoints ?? 0)) builder.breakpoint(pc);
      builder.insn(pc, length, this.below(length === 2 ? 0x10000 : 0x7fffffff));
      pc += BigInt(length);
      if (options.separable) this.temps = [];
      this.operations(1 + this.below(6), 0);
    }
    return builder.finish(this.terminator(pc));
  }

  private operations(count: number, depth: number): void {
    for (let i = 0; i < count; i++) this.operation(depth);
  }

  private operation(depth: number): void {
    const { builder, options } = this;
    const kind = this.random();
    if (kind < 0.12) this.push(builder.get(this.register()));
    else if (kind < 0.3) builder.put(this.register(), this.temp());
    else if (kind < 0.36) this.push(builder.const(randomValue(this.random)));
    else if (kind < 0.44) this.push(builder.unary(this.pick(UNARY_NAMES), this.temp()));
    else if (kind < 0.64) this.push(builder.binary(this.pick(BINARY_NAMES), this.temp(), this.temp()));
    else if (kind < 0.67) this.push(builder.select(this.temp(), this.temp(), this.temp()));
    else if (kind < 0.74) this.push(builder.load(this.address(), this.size(), this.chance(0.5)));
    else if (kind < 0.8) builder.store(this.address(), this.temp(), this.size());
    else if (kind < 0.9) this.float();
    else if (kind < 0.92) this.push(builder.icount());
    else if (kind < 0.95 && depth < 2) {
      const outer = this.temps;
      builder.if(this.temp());
      this.temps = [...outer];
      this.operations(1 + this.below(4), depth + 1);
      builder.end();
      this.temps = outer;
    } else if (kind < 0.97 && options.counters?.length) this.instrument(options.counters);
    else if (kind < 0.99 && options.calls?.length) {
      const { id, writes } = this.pick(options.calls);
      builder.call(id, [this.temp(), this.temp()], [this.register()], writes);
    } else if (this.chance(options.traps ?? 0.02)) builder.trapIf("misaligned", this.temp());
  }

  /** Something in the memory of instruments, which is 64 bytes from the first counter on. */
  private instrument(counters: readonly number[]): void {
    const { builder } = this;
    const kind = this.random();
    if (kind < 0.4) return builder.count(this.pick(counters), this.temp());
    const size = this.size();
    // An index modulo what is there, as instruments make them.
    const index = builder.binary("and", this.temp(), builder.const(BigInt(64 - size)));
    if (kind < 0.7) builder.poke(index, counters[0], this.temp(), size);
    else this.push(builder.peek(index, counters[0], size));
  }

  private float(): void {
    const { builder, options } = this;
    if (options.floats === false) return;
    const kind = this.random();
    if (kind < 0.1) {
      // The flags are set (so that the host's arithmetic is used) or cleared, and the mode is changed.
      const register = this.chance(0.7) ? options.floatFlags : options.floatRounding;
      const most = register === options.floatFlags ? 32 : 5;
      builder.put(register, builder.const(this.chance(0.5) ? (most === 5 ? 0n : 1n) : BigInt(this.below(most))));
    } else if (kind < 0.2) this.push(builder.get(options.floatFlags));
    else if (kind < 0.4) this.push(builder.convert(this.pick(CONVERT_NAMES), this.rounding(), this.temp()));
    else {
      const [a, b, c] = [this.temp(), this.temp(), this.temp()];
      this.push(builder.float(this.pick(FLOAT_NAMES), this.pick(FLOAT_FORMATS), this.rounding(), a, b, c));
    }
  }

  private terminator(next: bigint): Terminator {
    const kind = this.random();
    if (kind < 0.3) return { op: "goto", target: next + 0x40n, kind: "jump" };
    if (kind < 0.6) return { op: "branch", cond: this.temp(), taken: next - 0x20n, fallthrough: next };
    if (kind < 0.8) return { op: "jump", addr: this.temp(), kind: "return" };
    return { op: "trap", trap: this.pick(["syscall", "ebreak", "illegal", "fence.i"]), next };
  }

  /** An address within the memory (sometimes across its end), as compiled code makes it: base + offset. */
  private address(): Temp {
    const { builder, options } = this;
    const { base, size } = options.memory;
    if (this.chance(options.traps ?? 0.02)) return this.temp();
    if (this.pointer !== undefined && this.chance(0.4)) {
      const distance = builder.const(BigInt(this.below(64) - 32));
      return builder.binary("add", builder.get(this.pointer), distance);
    }
    const mask = builder.const(BigInt(size - 1));
    const offset = builder.binary("and", this.temp(), mask);
    const address = builder.binary("add", offset, builder.const(base));
    if (this.chance(0.3)) {
      this.pointer = this.register();
      builder.put(this.pointer, address);
    }
    return address;
  }

  private rounding(): Rounding {
    const mode = this.below(10);
    return mode < 5 ? "dynamic" : mode < 7 ? 0 : (this.below(5) as Rounding);
  }

  private size(): Size {
    return this.pick([1, 2, 4, 8]);
  }

  private register(): RegisterIndex {
    return this.pick(this.options.registers);
  }

  /** A visible temp; the recent ones more often. */
  private temp(): Temp {
    if (this.temps.length === 0 || this.chance(0.15)) {
      const temp = this.builder.get(this.register());
      this.temps.push(temp);
      return temp;
    }
    const back = Math.floor(this.random() ** 2 * this.temps.length);
    return this.temps[this.temps.length - 1 - back];
  }

  private push(temp: Temp): void {
    this.temps.push(temp);
  }

  private pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  private below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  private chance(probability: number): boolean {
    return this.random() < probability;
  }
}
