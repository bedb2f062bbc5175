// The stack frame in which Linux on RISC-V runs a signal handler: siginfo, then ucontext with the interrupted
// registers, which rt_sigreturn puts back. Offsets are those of struct rt_sigframe.
import { ActionFlag, type SignalAction, type SignalInfo, type SignalState, signalBit } from "./signals.ts";
import { Structure, type UserMemory } from "./user-memory.ts";
import type { UserRegisters } from "./user-registers.ts";

const INFO_SIZE = 128;
const CONTEXT = INFO_SIZE;
/** Within ucontext. */
const CONTEXT_STACK = 16;
const CONTEXT_MASK = 40;
const CONTEXT_REGISTERS = 176;
const CONTEXT_FLOATS = CONTEXT_REGISTERS + 32 * 8;
/** The floating-point area is as large as quad precision would need. */
const CONTEXT_SIZE = CONTEXT_FLOATS + 528;
const FRAME_SIZE = CONTEXT + CONTEXT_SIZE;

const STACK_ONSTACK = 1;
const STACK_DISABLE = 2;

/** stack_t as sigaltstack(2) and ucontext hold it. */
export function stackStructure(signals: SignalState, sp: bigint): Structure {
  const stack = signals.alternateStack;
  return new Structure(24)
    .u64(0, stack?.base ?? 0n)
    .u32(8, stack ? (signals.onAlternateStack(sp) ? STACK_ONSTACK : 0) : STACK_DISABLE)
    .u64(16, stack?.size ?? 0n);
}

/** siginfo_t. */
export function infoStructure(info: SignalInfo, pid: number, uid: number): Structure {
  const structure = new Structure(INFO_SIZE).u32(0, info.signal).u32(8, info.code);
  return info.address === undefined ? structure.u32(16, pid).u32(20, uid) : structure.u64(16, info.address);
}

/** Sets the registers up to run the handler of `action`. Throws EFAULT when the stack cannot take the frame. */
export function pushSignalFrame(
  registers: UserRegisters,
  memory: UserMemory,
  signals: SignalState,
  action: SignalAction,
  info: Structure,
  trampoline: bigint,
): void {
  const signal = info.getI32(0);
  let sp = registers.sp;
  const stack = signals.alternateStack;
  if (action.flags & BigInt(ActionFlag.OnStack) && stack && !signals.onAlternateStack(sp)) sp = stack.base + stack.size;
  const frame = BigInt.asUintN(64, sp - BigInt(FRAME_SIZE)) & ~15n;

  const image = new Structure(FRAME_SIZE).set(0, info.bytes);
  image.set(CONTEXT + CONTEXT_STACK, stackStructure(signals, registers.sp).bytes);
  image.u64(CONTEXT + CONTEXT_MASK, signals.blocked);
  image.u64(CONTEXT + CONTEXT_REGISTERS, registers.pc);
  for (let n = 1; n < 32; n++) image.u64(CONTEXT + CONTEXT_REGISTERS + 8 * n, registers.x(n));
  for (let n = 0; n < 32; n++) image.u64(CONTEXT + CONTEXT_FLOATS + 8 * n, registers.f(n));
  image.u32(CONTEXT + CONTEXT_FLOATS + 256, registers.floatControl);
  memory.write(frame, image);

  const deferred = action.flags & BigInt(ActionFlag.NoDefer) ? 0n : signalBit(signal);
  signals.blocked |= action.mask | deferred;
  registers.setX(1, trampoline);
  registers.sp = frame;
  registers.setX(10, BigInt(signal));
  registers.setX(11, frame);
  registers.setX(12, frame + BigInt(CONTEXT));
  registers.pc = action.handler;
}

/** rt_sigreturn: puts back what the frame at the stack pointer holds. Throws EFAULT when there is none. */
export function popSignalFrame(registers: UserRegisters, memory: UserMemory, signals: SignalState): void {
  const image = memory.structure(registers.sp, FRAME_SIZE);
  signals.blocked = image.getU64(CONTEXT + CONTEXT_MASK);
  registers.pc = image.getU64(CONTEXT + CONTEXT_REGISTERS);
  for (let n = 1; n < 32; n++) registers.setX(n, image.getU64(CONTEXT + CONTEXT_REGISTERS + 8 * n));
  for (let n = 0; n < 32; n++) registers.setF(n, image.getU64(CONTEXT + CONTEXT_FLOATS + 8 * n));
  registers.floatControl = image.getU32(CONTEXT + CONTEXT_FLOATS + 256);
}
