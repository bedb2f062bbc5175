// What the interpreter does off its fast path: accesses that are not plain, calls of host functions, leaving in the
// middle of a block. `p` is the operation's index in the code.
import type { Environment } from "./environment.ts";
import { Exit } from "./exits.ts";
import type { Prepared, PreparedCall } from "./interpreter.ts";

export function addCount(env: Environment, count: number): void {
  const m = env.words;
  const slot = env.icountSlot;
  const before = m[slot];
  const lo = (before + count) | 0;
  m[slot] = lo;
  if (lo >>> 0 < before >>> 0) m[slot + 1]++;
}

/** Brings pc and instruction count up to date in the middle of a block. */
export function publish(block: Prepared, env: Environment, p: number, pc: bigint): void {
  env.longs[env.pcSlot >> 1] = pc;
  addCount(env, block.begun[p >> 2]);
}

/** Takes the count back, as the end of the block will add all of it. */
function retract(block: Prepared, env: Environment, p: number): void {
  env.longs[env.icountSlot >> 1] -= BigInt(block.begun[p >> 2]);
}

export function currentPc(block: Prepared, p: number): bigint {
  const begun = block.begun[p >> 2];
  return begun ? block.pcs[begun - 1] : block.pc;
}

export function leave(env: Environment, exit: Exit): Exit {
  env.words[env.layout.exit >> 2] = exit;
  return exit;
}

/** Any load. True when it failed: then everything is set for the exit. */
export function slowLoad(block: Prepared, env: Environment, p: number, size: number, signed: boolean): boolean {
  const { code } = block;
  const { longs, memory } = env;
  publish(block, env, p, currentPc(block, p));
  const value = memory.load(BigInt.asUintN(64, longs[code[p + 2] >> 1] + longs[code[p + 3] >> 1]), size);
  if (memory.fault) return fault(env, memory.fault);
  longs[code[p + 1] >> 1] = signed ? BigInt.asIntN(8 * size, value) : value;
  retract(block, env, p);
  return false;
}

/** Any store, as slowLoad. */
export function slowStore(block: Prepared, env: Environment, p: number, size: number): boolean {
  const { code } = block;
  const { longs, memory } = env;
  publish(block, env, p, currentPc(block, p));
  const value = BigInt.asUintN(8 * size, longs[code[p + 1] >> 1]);
  memory.store(BigInt.asUintN(64, longs[code[p + 2] >> 1] + longs[code[p + 3] >> 1]), size, value);
  if (memory.fault) return fault(env, memory.fault);
  retract(block, env, p);
  return false;
}

function fault(env: Environment, { address, access, cause }: NonNullable<Environment["memory"]["fault"]>): boolean {
  env.words[env.layout.faultAccess >> 2] = access;
  env.words[env.layout.faultCause >> 2] = cause;
  env.longs[env.layout.faultAddress >> 3] = address;
  leave(env, Exit.Fault);
  return true;
}

export function call(block: Prepared, env: Environment, p: number, { id, args }: PreparedCall): void {
  const { longs } = env;
  for (let i = 0; i < args.length; i++) longs[(env.layout.args >> 3) + i] = longs[args[i] >> 1];
  publish(block, env, p, currentPc(block, p));
  const callback = env.callbacks[id];
  if (!callback)
    throw new Error(`the block at 0x${block.pc.toString(16)} calls host function ${id}, which is not registered`);
  callback();
  retract(block, env, p);
}
