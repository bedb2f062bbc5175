// Runs prepared blocks on memory: the engine of all code that is not hot. `prepare` (prepare.ts) makes the compact
// form once, `execute` runs it.
//
// The contract with the executor, which chains blocks:
//
//   execute(block, env): number
//     -1           the block ended in goto, branch or jump. The next pc is in the pc register's home; `source` is the
//                  block's pc when it ended in an indirect `jump`, else 0.
//     an `Exit`    Fault, Breakpoint, Syscall, Ebreak, Illegal, FenceI or Misaligned, also stored in the `exit` field.
//                  pc is that of the instruction concerned; the fault fields or `next` are set.
//   In both cases the instruction count is exact and every register is in its home. `budget` and `stop` are the
//   caller's business: it knows how many instructions began from the count.
//   `env.passBreakpoint` lets a `breakpoint` before the block's first instruction pass; the caller clears it after.
//
// How 64-bit values are held was measured on Node 20.20 (V8 11.3), a loop of 23 typical operations and 2 accesses,
// nanoseconds per operation; the first 10^4 operations run in V8's bytecode interpreter:
//
//                                                    first 10^4     optimised
//   BigInt64Array, t[d] = t[a] + t[b]                100 .. 250     5.5 .. 7.2
//   pairs of 32-bit words in one Int32Array           75 .. 275     4.2 .. 4.3
//
// (V8 does lower the BigInt forms to machine arithmetic, but bytecode allocates them and `asUintN` costs.) So: pairs,
// with a BigInt64Array over the same memory for division, high products and all that is rare.
//
// Registers, temps and constants are all "slots" in one Int32Array over the shared memory, so that an operand may be
// any of them. `get`, `const`, most `put`s and `insn` cost nothing: prepare.ts resolves them. On compiled C++ 4.3 IR
// operations per guest instruction become 1.2.

import type { Environment } from "./environment.ts";
import { Exit } from "./exits.ts";
import {
  addCount,
  call,
  currentPc,
  GO_ON,
  leave,
  notify,
  peek,
  poke,
  publish,
  slowLoad,
  slowStore,
} from "./interpreter-exits.ts";
import { floatOperation } from "./interpreter-float.ts";
import { bswap, carrylessHigh, carrylessLow, divide, highProduct, popcnt, remainder } from "./word-arithmetic.ts";

/** Operations of the compact form: 4 words each (`op d a b`), those marked (8) followed by 4 more words. */
export enum Code {
  Mov,
  Const,
  Sext8,
  Sext16,
  Sext32,
  Zext8,
  Zext16,
  Zext32,
  Clz,
  Ctz,
  Popcnt,
  Bswap,
  Box32,
  Unbox32,
  Add,
  Sub,
  Mul,
  And,
  Or,
  Xor,
  Shl,
  Shr,
  Sar,
  Rotr,
  Rotr32,
  Clmul,
  Clmulr,
  Eq,
  Ne,
  Lts,
  Ltu,
  Ges,
  Geu,
  /** mulh*, div*, rem*: in BigInt or with a fast path for small operands. */
  Mulhs,
  Mulhu,
  Mulhsu,
  Divs,
  Divu,
  Rems,
  Remu,
  /** sext32 of add, sub, mul. */
  Add32,
  Sub32,
  Mul32,
  /** (8) d = cond != 0 ? a : b; the fifth word is cond. */
  Select,
  /** d = memory[a + b]. */
  Load8u,
  Load8s,
  Load16u,
  Load16s,
  Load32u,
  Load32s,
  Load64,
  /** memory[a + b] = d. */
  Store8,
  Store16,
  Store32,
  Store64,
  /** (8) d = operation c, code, rounding (5: dynamic) of a, b. */
  Float,
  Icount,
  /** Goes to word a of the code when d == 0. */
  If,
  /** Before instruction number d. */
  Breakpoint,
  /** `Exit` a when d != 0. */
  TrapIf,
  /** The counter at byte offset d += a. */
  Count,
  /** (8) d = instruments' memory at a + byte offset b, of `size` (word 4) bytes; memory at a + b = d. */
  Peek,
  Poke,
  /** calls[d]. */
  Notify,
  Call,
  /** To pc (d, a). */
  Goto,
  /** (8) To (taken, fallthrough) in the last four words, on d != 0 or on a compared with b. */
  BranchNonZero,
  BranchEq,
  BranchNe,
  BranchLts,
  BranchLtu,
  BranchGes,
  BranchGeu,
  /** To the pc in d. */
  Jump,
  /** `Exit` d. */
  Trap,
}

const CANONICAL_NAN32 = 0x7fc0_0000;

/** Operations of 8 words. */
export const wideCodes: ReadonlySet<number> = new Set([
  Code.Select,
  Code.Float,
  Code.Peek,
  Code.Poke,
  Code.BranchNonZero,
  Code.BranchEq,
  Code.BranchNe,
  Code.BranchLts,
  Code.BranchLtu,
  Code.BranchGes,
  Code.BranchGeu,
]);

/** A host function to call, its arguments as slots. */
export interface PreparedCall {
  id: number;
  args: readonly number[];
}

/** A block in the compact form; valid for the environment it was prepared for. */
export interface Prepared {
  readonly pc: bigint;
  /** Guest instructions in it. */
  readonly instructions: number;
  readonly code: Int32Array;
  /** Guest pcs by instruction. */
  readonly pcs: BigInt64Array;
  /** By code word / 4: how many instructions have begun there. */
  readonly begun: Uint16Array;
  readonly calls: readonly PreparedCall[];
  /** Of a trap: where to go on. */
  readonly next: bigint;
}

/** Runs a block once. See the contract above. */
export function execute(block: Prepared, env: Environment): number {
  const code = block.code;
  const m = env.words;
  const view = env.view;
  const readFlags = env.readFlags;
  const writeFlags = env.writeFlags;
  const guestBase = env.guestBase;
  let p = 0;
  let left: number;
  for (;;) {
    const d = code[p + 1];
    const a = code[p + 2];
    const b = code[p + 3];
    switch (code[p]) {
      case Code.Mov: {
        const hi = m[a + 1];
        m[d] = m[a];
        m[d + 1] = hi;
        break;
      }
      case Code.Const:
        m[d] = a;
        m[d + 1] = b;
        break;
      case Code.Sext8: {
        const lo = (m[a] << 24) >> 24;
        m[d] = lo;
        m[d + 1] = lo >> 31;
        break;
      }
      case Code.Sext16: {
        const lo = (m[a] << 16) >> 16;
        m[d] = lo;
        m[d + 1] = lo >> 31;
        break;
      }
      case Code.Sext32: {
        const lo = m[a];
        m[d] = lo;
        m[d + 1] = lo >> 31;
        break;
      }
      case Code.Zext8:
        m[d] = m[a] & 0xff;
        m[d + 1] = 0;
        break;
      case Code.Zext16:
        m[d] = m[a] & 0xffff;
        m[d + 1] = 0;
        break;
      case Code.Zext32:
        m[d] = m[a];
        m[d + 1] = 0;
        break;
      case Code.Clz: {
        const hi = m[a + 1];
        m[d] = hi !== 0 ? Math.clz32(hi) : 32 + Math.clz32(m[a]);
        m[d + 1] = 0;
        break;
      }
      case Code.Ctz: {
        const lo = m[a];
        const hi = m[a + 1];
        m[d] = lo !== 0 ? 31 - Math.clz32(lo & -lo) : hi !== 0 ? 63 - Math.clz32(hi & -hi) : 64;
        m[d + 1] = 0;
        break;
      }
      case Code.Popcnt:
        m[d] = popcnt(m[a]) + popcnt(m[a + 1]);
        m[d + 1] = 0;
        break;
      case Code.Bswap: {
        const lo = m[a];
        const hi = m[a + 1];
        m[d] = bswap(hi);
        m[d + 1] = bswap(lo);
        break;
      }
      case Code.Box32:
        m[d] = m[a];
        m[d + 1] = -1;
        break;
      case Code.Unbox32:
        m[d] = m[a + 1] === -1 ? m[a] : CANONICAL_NAN32;
        m[d + 1] = 0;
        break;
      case Code.Add: {
        const al = m[a];
        const lo = (al + m[b]) | 0;
        const hi = m[a + 1] + m[b + 1] + (lo >>> 0 < al >>> 0 ? 1 : 0);
        m[d] = lo;
        m[d + 1] = hi;
        break;
      }
      case Code.Sub: {
        const al = m[a];
        const bl = m[b];
        const hi = m[a + 1] - m[b + 1] - (al >>> 0 < bl >>> 0 ? 1 : 0);
        m[d] = al - bl;
        m[d + 1] = hi;
        break;
      }
      case Code.Mul: {
        const al = m[a];
        const bl = m[b];
        const a0 = al & 0xffff;
        const a1 = al >>> 16;
        const b0 = bl & 0xffff;
        const b1 = bl >>> 16;
        const low = a0 * b0;
        const ab = a0 * b1;
        const ba = a1 * b0;
        const middle = (low >>> 16) + (ab & 0xffff) + (ba & 0xffff);
        const high = a1 * b1 + (ab >>> 16) + (ba >>> 16) + (middle >>> 16);
        const hi = (high | 0) + Math.imul(al, m[b + 1]) + Math.imul(m[a + 1], bl);
        m[d] = (low & 0xffff) | (middle << 16);
        m[d + 1] = hi;
        break;
      }
      case Code.And: {
        const hi = m[a + 1] & m[b + 1];
        m[d] = m[a] & m[b];
        m[d + 1] = hi;
        break;
      }
      case Code.Or: {
        const hi = m[a + 1] | m[b + 1];
        m[d] = m[a] | m[b];
        m[d + 1] = hi;
        break;
      }
      case Code.Xor: {
        const hi = m[a + 1] ^ m[b + 1];
        m[d] = m[a] ^ m[b];
        m[d + 1] = hi;
        break;
      }
      case Code.Shl: {
        const s = m[b] & 63;
        const lo = m[a];
        const hi = m[a + 1];
        m[d] = s < 32 ? lo << s : 0;
        m[d + 1] = s === 0 ? hi : s < 32 ? (hi << s) | (lo >>> (32 - s)) : lo << (s - 32);
        break;
      }
      case Code.Shr: {
        const s = m[b] & 63;
        const lo = m[a];
        const hi = m[a + 1];
        m[d] = s === 0 ? lo : s < 32 ? (lo >>> s) | (hi << (32 - s)) : hi >>> (s - 32);
        m[d + 1] = s < 32 ? hi >>> s : 0;
        break;
      }
      case Code.Sar: {
        const s = m[b] & 63;
        const lo = m[a];
        const hi = m[a + 1];
        m[d] = s === 0 ? lo : s < 32 ? (lo >>> s) | (hi << (32 - s)) : hi >> (s - 32);
        m[d + 1] = s < 32 ? hi >> s : hi >> 31;
        break;
      }
      case Code.Rotr: {
        const s = m[b] & 31;
        const swap = (m[b] & 32) >> 5;
        const lo = m[a + swap];
        const hi = m[a + 1 - swap];
        m[d] = s === 0 ? lo : (lo >>> s) | (hi << (32 - s));
        m[d + 1] = s === 0 ? hi : (hi >>> s) | (lo << (32 - s));
        break;
      }
      case Code.Rotr32: {
        const s = m[b] & 31;
        const lo = (m[a] >>> s) | (m[a] << (32 - s));
        m[d] = lo;
        m[d + 1] = lo >> 31;
        break;
      }
      case Code.Clmul:
      case Code.Clmulr: {
        const multiply = code[p] === Code.Clmul ? carrylessLow : carrylessHigh;
        multiply(m, d, m[a], m[a + 1], m[b], m[b + 1]);
        break;
      }
      case Code.Eq:
        m[d] = m[a] === m[b] && m[a + 1] === m[b + 1] ? 1 : 0;
        m[d + 1] = 0;
        break;
      case Code.Ne:
        m[d] = m[a] !== m[b] || m[a + 1] !== m[b + 1] ? 1 : 0;
        m[d + 1] = 0;
        break;
      case Code.Lts: {
        const ah = m[a + 1];
        const bh = m[b + 1];
        m[d] = ah < bh || (ah === bh && m[a] >>> 0 < m[b] >>> 0) ? 1 : 0;
        m[d + 1] = 0;
        break;
      }
      case Code.Ltu: {
        const ah = m[a + 1] >>> 0;
        const bh = m[b + 1] >>> 0;
        m[d] = ah < bh || (ah === bh && m[a] >>> 0 < m[b] >>> 0) ? 1 : 0;
        m[d + 1] = 0;
        break;
      }
      case Code.Ges: {
        const ah = m[a + 1];
        const bh = m[b + 1];
        m[d] = ah > bh || (ah === bh && m[a] >>> 0 >= m[b] >>> 0) ? 1 : 0;
        m[d + 1] = 0;
        break;
      }
      case Code.Geu: {
        const ah = m[a + 1] >>> 0;
        const bh = m[b + 1] >>> 0;
        m[d] = ah > bh || (ah === bh && m[a] >>> 0 >= m[b] >>> 0) ? 1 : 0;
        m[d + 1] = 0;
        break;
      }
      case Code.Mulhs:
      case Code.Mulhu:
      case Code.Mulhsu:
        env.longs[d >> 1] = highProduct(
          env.longs[a >> 1],
          env.longs[b >> 1],
          code[p] !== Code.Mulhu,
          code[p] === Code.Mulhs,
        );
        break;
      case Code.Divs: {
        const al = m[a];
        const bl = m[b];
        // Both fit in 32 bits, and so does the result.
        if (m[a + 1] === al >> 31 && m[b + 1] === bl >> 31 && bl !== 0 && bl !== -1) {
          const lo = (al / bl) | 0;
          m[d] = lo;
          m[d + 1] = lo >> 31;
        } else env.longs[d >> 1] = divide(env.longs[a >> 1], env.longs[b >> 1], true);
        break;
      }
      case Code.Divu: {
        const bl = m[b];
        if ((m[a + 1] | m[b + 1]) === 0 && bl !== 0) {
          m[d] = (m[a] >>> 0) / (bl >>> 0);
          m[d + 1] = 0;
        } else env.longs[d >> 1] = divide(env.longs[a >> 1], env.longs[b >> 1], false);
        break;
      }
      case Code.Rems: {
        const al = m[a];
        const bl = m[b];
        if (m[a + 1] === al >> 31 && m[b + 1] === bl >> 31 && bl !== 0 && bl !== -1) {
          const lo = (al % bl) | 0;
          m[d] = lo;
          m[d + 1] = lo >> 31;
        } else env.longs[d >> 1] = remainder(env.longs[a >> 1], env.longs[b >> 1], true);
        break;
      }
      case Code.Remu: {
        const bl = m[b];
        if ((m[a + 1] | m[b + 1]) === 0 && bl !== 0) {
          m[d] = (m[a] >>> 0) % (bl >>> 0);
          m[d + 1] = 0;
        } else env.longs[d >> 1] = remainder(env.longs[a >> 1], env.longs[b >> 1], false);
        break;
      }
      case Code.Add32: {
        const lo = (m[a] + m[b]) | 0;
        m[d] = lo;
        m[d + 1] = lo >> 31;
        break;
      }
      case Code.Sub32: {
        const lo = (m[a] - m[b]) | 0;
        m[d] = lo;
        m[d + 1] = lo >> 31;
        break;
      }
      case Code.Mul32: {
        const lo = Math.imul(m[a], m[b]);
        m[d] = lo;
        m[d + 1] = lo >> 31;
        break;
      }
      case Code.Select: {
        const cond = code[p + 4];
        const from = (m[cond] | m[cond + 1]) !== 0 ? a : b;
        const hi = m[from + 1];
        m[d] = m[from];
        m[d + 1] = hi;
        p += 8;
        continue;
      }
      case Code.Load8u:
      case Code.Load8s: {
        const al = m[a];
        const address = (al + m[b]) >>> 0;
        const hi = (m[a + 1] + m[b + 1] + (address < al >>> 0 ? 1 : 0)) | 0;
        if ((readFlags[address >>> 12] | hi) === 0) {
          const lo = code[p] === Code.Load8u ? view.getUint8(guestBase + address) : view.getInt8(guestBase + address);
          m[d] = lo;
          m[d + 1] = lo >> 31;
        } else if ((left = slowLoad(block, env, p, 1, code[p] === Code.Load8s)) !== GO_ON) return left;
        break;
      }
      case Code.Load16u:
      case Code.Load16s: {
        const al = m[a];
        const address = (al + m[b]) >>> 0;
        const hi = (m[a + 1] + m[b + 1] + (address < al >>> 0 ? 1 : 0)) | 0;
        if ((readFlags[address >>> 12] | hi) === 0 && (address & 4095) <= 4094) {
          const at = guestBase + address;
          const lo = code[p] === Code.Load16u ? view.getUint16(at, true) : view.getInt16(at, true);
          m[d] = lo;
          m[d + 1] = lo >> 31;
        } else if ((left = slowLoad(block, env, p, 2, code[p] === Code.Load16s)) !== GO_ON) return left;
        break;
      }
      case Code.Load32u:
      case Code.Load32s: {
        const al = m[a];
        const address = (al + m[b]) >>> 0;
        const hi = (m[a + 1] + m[b + 1] + (address < al >>> 0 ? 1 : 0)) | 0;
        if ((readFlags[address >>> 12] | hi) === 0 && (address & 4095) <= 4092) {
          const lo = view.getInt32(guestBase + address, true);
          m[d] = lo;
          m[d + 1] = code[p] === Code.Load32s ? lo >> 31 : 0;
        } else if ((left = slowLoad(block, env, p, 4, code[p] === Code.Load32s)) !== GO_ON) return left;
        break;
      }
      case Code.Load64: {
        const al = m[a];
        const address = (al + m[b]) >>> 0;
        const hi = (m[a + 1] + m[b + 1] + (address < al >>> 0 ? 1 : 0)) | 0;
        if ((readFlags[address >>> 12] | hi) === 0 && (address & 4095) <= 4088) {
          const at = guestBase + address;
          m[d] = view.getInt32(at, true);
          m[d + 1] = view.getInt32(at + 4, true);
        } else if ((left = slowLoad(block, env, p, 8, false)) !== GO_ON) return left;
        break;
      }
      case Code.Store8: {
        const al = m[a];
        const address = (al + m[b]) >>> 0;
        const hi = (m[a + 1] + m[b + 1] + (address < al >>> 0 ? 1 : 0)) | 0;
        if ((writeFlags[address >>> 12] | hi) === 0) view.setInt8(guestBase + address, m[d]);
        else if ((left = slowStore(block, env, p, 1)) !== GO_ON) return left;
        break;
      }
      case Code.Store16: {
        const al = m[a];
        const address = (al + m[b]) >>> 0;
        const hi = (m[a + 1] + m[b + 1] + (address < al >>> 0 ? 1 : 0)) | 0;
        if ((writeFlags[address >>> 12] | hi) === 0 && (address & 4095) <= 4094)
          view.setInt16(guestBase + address, m[d], true);
        else if ((left = slowStore(block, env, p, 2)) !== GO_ON) return left;
        break;
      }
      case Code.Store32: {
        const al = m[a];
        const address = (al + m[b]) >>> 0;
        const hi = (m[a + 1] + m[b + 1] + (address < al >>> 0 ? 1 : 0)) | 0;
        if ((writeFlags[address >>> 12] | hi) === 0 && (address & 4095) <= 4092)
          view.setInt32(guestBase + address, m[d], true);
        else if ((left = slowStore(block, env, p, 4)) !== GO_ON) return left;
        break;
      }
      case Code.Store64: {
        const al = m[a];
        const address = (al + m[b]) >>> 0;
        const hi = (m[a + 1] + m[b + 1] + (address < al >>> 0 ? 1 : 0)) | 0;
        if ((writeFlags[address >>> 12] | hi) === 0 && (address & 4095) <= 4088) {
          const at = guestBase + address;
          view.setInt32(at, m[d], true);
          view.setInt32(at + 4, m[d + 1], true);
        } else if ((left = slowStore(block, env, p, 8)) !== GO_ON) return left;
        break;
      }
      case Code.Float:
        floatOperation(env, code[p + 5], code[p + 6], d, a, b, code[p + 4]);
        p += 8;
        continue;
      case Code.Icount: {
        const count = env.longs[env.icountSlot >> 1] + BigInt(block.begun[p >> 2]);
        env.longs[d >> 1] = count;
        break;
      }
      case Code.If:
        if ((m[d] | m[d + 1]) === 0) {
          p = a;
          continue;
        }
        break;
      case Code.Breakpoint:
        if (d === 0 && env.passBreakpoint) break;
        publish(block, env, p, block.pcs[d]);
        return leave(env, Exit.Breakpoint);
      case Code.TrapIf:
        if ((m[d] | m[d + 1]) === 0) break;
        publish(block, env, p, currentPc(block, p));
        env.longs[env.layout.next >> 3] = currentPc(block, p);
        return leave(env, a);
      case Code.Count: {
        const before = view.getInt32(d, true);
        const lo = (before + m[a]) | 0;
        view.setInt32(d, lo, true);
        view.setInt32(d + 4, view.getInt32(d + 4, true) + m[a + 1] + (lo >>> 0 < before >>> 0 ? 1 : 0), true);
        break;
      }
      case Code.Peek:
        peek(env, d, m[a] + b, code[p + 4]);
        p += 8;
        continue;
      case Code.Poke:
        poke(env, d, m[a] + b, code[p + 4]);
        p += 8;
        continue;
      case Code.Notify:
        notify(block, env, block.calls[d]);
        break;
      case Code.Call:
        if ((left = call(block, env, p, block.calls[d])) !== GO_ON) return left;
        break;
      case Code.Goto:
        m[env.pcSlot] = d;
        m[env.pcSlot + 1] = a;
        return proceed(block, env);
      case Code.BranchNonZero:
        p += (m[d] | m[d + 1]) !== 0 ? 4 : 6;
        return branch(block, env, p);
      case Code.BranchEq:
        p += m[a] === m[b] && m[a + 1] === m[b + 1] ? 4 : 6;
        return branch(block, env, p);
      case Code.BranchNe:
        p += m[a] !== m[b] || m[a + 1] !== m[b + 1] ? 4 : 6;
        return branch(block, env, p);
      case Code.BranchLts: {
        const ah = m[a + 1];
        const bh = m[b + 1];
        p += ah < bh || (ah === bh && m[a] >>> 0 < m[b] >>> 0) ? 4 : 6;
        return branch(block, env, p);
      }
      case Code.BranchLtu: {
        const ah = m[a + 1] >>> 0;
        const bh = m[b + 1] >>> 0;
        p += ah < bh || (ah === bh && m[a] >>> 0 < m[b] >>> 0) ? 4 : 6;
        return branch(block, env, p);
      }
      case Code.BranchGes: {
        const ah = m[a + 1];
        const bh = m[b + 1];
        p += ah > bh || (ah === bh && m[a] >>> 0 >= m[b] >>> 0) ? 4 : 6;
        return branch(block, env, p);
      }
      case Code.BranchGeu: {
        const ah = m[a + 1] >>> 0;
        const bh = m[b + 1] >>> 0;
        p += ah > bh || (ah === bh && m[a] >>> 0 >= m[b] >>> 0) ? 4 : 6;
        return branch(block, env, p);
      }
      case Code.Jump:
        m[env.pcSlot] = m[d];
        m[env.pcSlot + 1] = m[d + 1];
        addCount(env, block.instructions);
        env.longs[env.sourceSlot >> 1] = block.pc;
        return -1;
      case Code.Trap:
        publish(block, env, p, block.instructions ? block.pcs[block.instructions - 1] : block.pc);
        env.longs[env.layout.next >> 3] = block.next;
        return leave(env, d);
    }
    p += 4;
  }
}

/** The end of a block with a known target: pc is written already. */
function proceed(block: Prepared, env: Environment): number {
  const m = env.words;
  addCount(env, block.instructions);
  m[env.sourceSlot] = 0;
  m[env.sourceSlot + 1] = 0;
  return -1;
}

function branch(block: Prepared, env: Environment, at: number): number {
  const m = env.words;
  m[env.pcSlot] = block.code[at];
  m[env.pcSlot + 1] = block.code[at + 1];
  return proceed(block, env);
}
