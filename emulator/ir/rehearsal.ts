// A rehearsal of the interpreter. V8 optimises `execute` early, knowing only the operations that ran so far, and throws
// the code away at the first that is new: a dozen times in the first seconds of a program. So every operation is run
// once when a program turns out to run for longer, on small, large and negative values, in a memory of its own.
import { BlockBuilder } from "./builder.ts";
import { Environment } from "./environment.ts";
import { hostCall } from "./host-call.ts";
import { BINARY_NAMES, UNARY_NAMES } from "./ops.ts";
import type { Block, Size, Temp } from "./types.ts";

/** Enough for V8 to begin recording what it sees. */
const ROUNDS = 12;

const registers = ["x", "y", "z", "base", "far", "pc", "flags", "rounding"];
const [X, Y, Z, BASE, FAR] = registers.keys();

const PC = 0x1000n;
const sizes: readonly Size[] = [1, 2, 4, 8];

/** Runs every operation with `run`, which prepares and executes a block. */
export function rehearse(run: (block: Block, env: Environment) => void): void {
  const env = stage();
  const blocks = [...endings(), everything()];
  const values = [0n, 1n, -1n, 0x7fffffffn, 0x80000000n, -0x80000000n, 0x123456789abcdefn, 0x4008000000000000n];
  const set = (reg: number, value: bigint) => {
    env.longs[env.registerSlot(reg) >> 1] = value;
  };
  set(BASE, 64n);
  set(FAR, 1n << 40n);
  for (let round = 0; round < ROUNDS; round++)
    for (const block of blocks) {
      set(X, values[round % values.length]);
      set(Y, values[(round * 3 + 1) % values.length]);
      set(Z, values[(round * 5 + 2) % values.length]);
      run(block, env);
    }
}

/** Memory with the flags of all pages clear, so that an address below 4 GiB is plain; only the first ones are used. */
function stage(): Environment {
  const flags = 0x80000;
  return new Environment({
    buffer: new ArrayBuffer(flags + (1 << 20)),
    layout: {
      vcpu: 0,
      icount: 0x800,
      exit: 0x810,
      faultAccess: 0x814,
      faultCause: 0x818,
      faultAddress: 0x820,
      next: 0x828,
      source: 0x830,
      args: 0x900,
      scratch: 0x1000,
      scratchEnd: flags,
      readFlags: flags,
      writeFlags: flags,
      guestBase: flags - 0x1000,
    },
    file: { registers: registers.map((name) => ({ name })), pc: 5, stackPointer: 0, floatFlags: 6, floatRounding: 7 },
    memory: { fault: undefined, load: () => 0n, store: () => {}, isHarmless: () => false },
    callbacks: [hostCall(() => {})],
  });
}

function everything(): Block {
  const builder = new BlockBuilder(PC);
  builder.insn(PC, 4, 0);
  const x = builder.get(X);
  const y = builder.get(Y);
  const z = builder.get(Z);
  const results: Temp[] = [builder.icount(), builder.select(x, y, z)];
  for (const name of UNARY_NAMES) results.push(builder.unary(name, x));
  for (const name of BINARY_NAMES) results.push(builder.binary(name, x, y));
  for (const name of ["add", "sub", "mul"] as const) results.push(builder.unary("sext32", builder.binary(name, x, y)));
  for (const base of [BASE, FAR])
    for (const size of sizes) {
      const address = builder.get(base);
      builder.store(address, x, size);
      for (const signed of [false, true]) results.push(builder.load(address, size, signed));
    }
  // Floating point has functions of its own.
  results.push(builder.float("fadd", "f64", 0, x, y, z));
  builder.if(x);
  builder.count(8 * BASE, builder.const(0n));
  builder.call(0, [x, y]);
  builder.end();
  builder.trapIf("misaligned", builder.const(0n));
  for (const result of results) builder.put(Z, result);
  return builder.finish({ op: "jump", addr: x, kind: "jump" });
}

/** A block of each kind of ending; a branch goes by a comparison or, with `and`, by any value. */
function endings(): Block[] {
  const builder = () => {
    const fresh = new BlockBuilder(PC);
    fresh.insn(PC, 4, 0);
    return fresh;
  };
  const branches = (["eq", "ne", "lts", "ltu", "ges", "geu", "and"] as const).map((name) => {
    const fresh = builder();
    const cond = fresh.binary(name, fresh.get(X), fresh.get(Y));
    return fresh.finish({ op: "branch", cond, taken: PC, fallthrough: PC });
  });
  return [
    ...branches,
    builder().finish({ op: "goto", target: PC, kind: "jump" }),
    builder().finish({ op: "trap", trap: "ebreak", next: PC }),
  ];
}
