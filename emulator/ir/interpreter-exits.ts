// What the interpreter does off its fast path: accesses that are not plain, calls of host functions, leaving in the
// middle of a block. `p` is the operation's index in the code.
import type { Environment } from "./environment.ts";
import { Exit } from "./exits.ts";
import { Code, execute, type Prepared, type PreparedCall, wideCodes } from "./interpreter.ts";

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

/** What a slow access or a call gives when the block goes on. Everything else is what `execute` is to give. */
export const GO_ON = -2;

/** The low half of the address of the access at p; undefined when the high half is not zero. */
function lowAddress({ code }: Prepared, { words: m }: Environment, p: number): number | undefined {
  const [base, offset] = [code[p + 2], code[p + 3]];
  const low = (m[base] + m[offset]) >>> 0;
  return (m[base + 1] + m[offset + 1] + (low < m[base] >>> 0 ? 1 : 0)) | 0 ? undefined : low;
}

function wideAddress({ code }: Prepared, { longs }: Environment, p: number): bigint {
  return BigInt.asUintN(64, longs[code[p + 2] >> 1] + longs[code[p + 3] >> 1]);
}

/** Any load. */
export function slowLoad(block: Prepared, env: Environment, p: number, size: number, signed: boolean): number {
  const { longs, memory, view } = env;
  const to = block.code[p + 1];
  const low = lowAddress(block, env, p);
  if (low !== undefined && memory.isHarmless(low, size, false)) {
    const at = env.guestBase + low;
    const half = size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at, true) : view.getInt32(at, true);
    const value = signed && size < 4 ? (half << (32 - 8 * size)) >> (32 - 8 * size) : half;
    env.words[to] = value;
    env.words[to + 1] = size === 8 ? view.getInt32(at + 4, true) : signed ? value >> 31 : 0;
    return GO_ON;
  }
  publish(block, env, p, currentPc(block, p));
  const value = memory.load(wideAddress(block, env, p), size);
  if (memory.fault) return fault(env, memory.fault);
  longs[to >> 1] = signed ? BigInt.asIntN(8 * size, value) : value;
  retract(block, env, p);
  return GO_ON;
}

/** Any store. */
export function slowStore(block: Prepared, env: Environment, p: number, size: number): number {
  const { longs, memory, view, words } = env;
  const from = block.code[p + 1];
  const low = lowAddress(block, env, p);
  if (low !== undefined && memory.isHarmless(low, size, true)) {
    const at = env.guestBase + low;
    if (size === 1) view.setInt8(at, words[from]);
    else if (size === 2) view.setInt16(at, words[from], true);
    else view.setInt32(at, words[from], true);
    if (size === 8) view.setInt32(at + 4, words[from + 1], true);
    return GO_ON;
  }
  publish(block, env, p, currentPc(block, p));
  memory.store(wideAddress(block, env, p), size, BigInt.asUintN(8 * size, longs[from >> 1]));
  if (memory.fault) return fault(env, memory.fault);
  retract(block, env, p);
  return env.interrupted ? finishInstruction(block, env, p + 4) : GO_ON;
}

function fault(env: Environment, { address, access, cause }: NonNullable<Environment["memory"]["fault"]>): Exit {
  env.words[env.layout.faultAccess >> 2] = access;
  env.words[env.layout.faultCause >> 2] = cause;
  env.longs[env.layout.faultAddress >> 3] = address;
  return leave(env, Exit.Fault);
}

/** Runs what is left of the instruction from p on, and leaves before the next one; the last instruction needs no care. */
function finishInstruction(block: Prepared, env: Environment, p: number): number {
  const done = block.begun[(p - 4) >> 2];
  let end = p;
  while (end < block.code.length && block.begun[end >> 2] === done) end += 4;
  if (done >= block.instructions) return GO_ON;
  const next = block.pcs[done];
  const code = new Int32Array(end - p + 4);
  code.set(block.code.subarray(p, end));
  code.set([Code.Goto, Number(BigInt.asIntN(32, next)), Number(BigInt.asIntN(32, next >> 32n)), 0], end - p);
  for (let at = 0; at < end - p; at += wideCodes.has(code[at]) ? 8 : 4) if (code[at] === Code.If) code[at + 2] -= p;
  const begun = new Uint16Array(code.length >> 2).fill(done);
  return execute({ ...block, code, begun, instructions: done }, env);
}

/** Reads instruments' memory at byte offset `at` into a slot. */
export function peek(env: Environment, to: number, at: number, size: number): void {
  const { view, words } = env;
  const from = at >>> 0;
  words[to] = size === 1 ? view.getUint8(from) : size === 2 ? view.getUint16(from, true) : view.getInt32(from, true);
  words[to + 1] = size === 8 ? view.getInt32(from + 4, true) : 0;
}

/** Writes a slot to instruments' memory. */
export function poke(env: Environment, from: number, at: number, size: number): void {
  const { view, words } = env;
  const to = at >>> 0;
  if (size === 1) view.setInt8(to, words[from]);
  else if (size === 2) view.setInt16(to, words[from], true);
  else view.setInt32(to, words[from], true);
  if (size === 8) view.setInt32(to + 4, words[from + 1], true);
}

export function notify(block: Prepared, env: Environment, { id, args }: PreparedCall): void {
  for (let i = 0; i < args.length; i++) env.longs[(env.layout.args >> 3) + i] = env.longs[args[i] >> 1];
  hostFunction(block, env, id);
}

function hostFunction({ pc }: Prepared, { callbacks }: Environment, id: number): void {
  const callback = callbacks[id];
  if (!callback)
    throw new Error(`the block at 0x${pc.toString(16)} calls host function ${id}, which is not registered`);
  callback.run(...callback.values);
}

export function call(block: Prepared, env: Environment, p: number, { id, args }: PreparedCall): number {
  const { longs } = env;
  for (let i = 0; i < args.length; i++) longs[(env.layout.args >> 3) + i] = longs[args[i] >> 1];
  publish(block, env, p, currentPc(block, p));
  hostFunction(block, env, id);
  retract(block, env, p);
  return env.interrupted ? finishInstruction(block, env, p + 4) : GO_ON;
}
