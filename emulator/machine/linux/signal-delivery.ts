// What happens to a pending signal: its handler is set up to run, or the process is about to end.
import { identity } from "./abi.ts";
import { LinuxError } from "./errno.ts";
import type { LinuxProcess } from "./process.ts";
import { infoStructure, pushSignalFrame } from "./signal-frame.ts";
import { ActionFlag, SIG_DFL, Signal, type SignalInfo, signalCode } from "./signals.ts";

/**
 * Sets up the handlers of the signals that can be delivered. Gives the first whose action ends the process, with
 * the registers as they were when it struck; the rest stay pending.
 */
export function deliverSignals(process: LinuxProcess): SignalInfo | undefined {
  const { signals } = process;
  for (let info = signals.take(); info; info = signals.take()) {
    if (signals.isIgnored(info.signal)) continue;
    const action = signals.action(info.signal);
    if (action.handler === SIG_DFL) return info;
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
      return {
        signal: Signal.SEGV,
        code: signalCode.unmapped,
        address: process.registers.sp,
        text: `no room on the stack (sp 0x${process.registers.sp.toString(16)}) to run a signal handler; ${info.text}`,
      };
    }
  }
  return undefined;
}
