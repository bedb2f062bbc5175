// What happens to a pending signal: its handler is set up to run, or the process is about to end.
import { identity } from "./abi.ts";
import { LinuxError } from "./errno.ts";
import type { LinuxProcess } from "./process.ts";
import { infoStructure, pushSignalFrame } from "./signal-frame.ts";
import { ActionFlag, SIG_DFL, Signal, type SignalInfo, signalCode } from "./signals.ts";

/** A signal whose action ends the process. */
export interface FatalSignal {
  info: SignalInfo;
  /** Where control was, or was about to go. */
  from: bigint;
}

/** Told of a signal when its handler is about to run. */
export type Handled = (info: SignalInfo, from: bigint, handler: bigint) => void;

/**
 * Sets up the handlers of the signals that can be delivered. Gives the first whose action ends the process, with
 * the registers as they were when it struck; the rest stay pending.
 */
export function deliverSignals(process: LinuxProcess, handled: Handled): FatalSignal | undefined {
  const { signals } = process;
  for (let info = signals.take(); info; info = signals.take()) {
    if (signals.isIgnored(info.signal)) continue;
    const action = signals.action(info.signal);
    const from = process.registers.pc;
    if (action.handler === SIG_DFL) return { info, from };
    const mask = signals.blocked;
    // rt_sigsuspend: the handler returns to the mask from before the call.
    if (process.suspendedMask !== undefined) signals.blocked = process.suspendedMask;
    process.suspendedMask = undefined;
    if (action.flags & BigInt(ActionFlag.ResetHandler)) signals.setAction(info.signal, { ...action, handler: SIG_DFL });
    try {
      const image = infoStructure(info, identity.pid, identity.uid);
      const trampoline = BigInt(process.space.trampoline);
      pushSignalFrame(process.registers, process.user, signals, action, image, trampoline);
    } catch (error) {
      if (!(error instanceof LinuxError)) throw error;
      signals.blocked = mask;
      handled(info, from, action.handler);
      return { info: noRoom(process.registers.sp, info), from: action.handler };
    }
    handled(info, from, process.registers.pc);
  }
  return undefined;
}

function noRoom(sp: bigint, { text }: SignalInfo): SignalInfo {
  return {
    signal: Signal.SEGV,
    code: signalCode.unmapped,
    address: sp,
    text: `no room on the stack (sp 0x${sp.toString(16)}) to run a signal handler; ${text}`,
  };
}
