// Signals of one process with one thread: what is installed, blocked and pending, and what each does by default.

/** Names by number, 1 to 31. */
const names = `HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN
TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS`.split(/\s+/);

export enum Signal {
  ILL = 4,
  TRAP = 5,
  ABRT = 6,
  BUS = 7,
  FPE = 8,
  KILL = 9,
  SEGV = 11,
  PIPE = 13,
  CHLD = 17,
  CONT = 18,
  STOP = 19,
  TSTP = 20,
  TTIN = 21,
  TTOU = 22,
  URG = 23,
  WINCH = 28,
}

export const SIGNAL_COUNT = 64;

/** `SIGSEGV`; `SIGRT34` and so on for real-time signals. */
export function signalName(signal: number): string {
  const name = names[signal - 1];
  return name ? `SIG${name}` : `SIGRT${signal}`;
}

/** si_code values; their meaning depends on the signal. */
export const signalCode = {
  /** Sent by kill(2), by tkill(2). */
  user: 0,
  threadKill: -6,
  /** SIGSEGV: nothing mapped, or mapped without permission. */
  unmapped: 1,
  protected: 2,
  /** SIGILL. */
  illegalOpcode: 1,
  /** SIGTRAP. */
  breakpoint: 1,
  /** SIGBUS. */
  misaligned: 1,
} as const;

export interface SignalInfo {
  signal: number;
  code: number;
  /** Faults: the address at fault. */
  address?: bigint;
  /** For people: what happened, without the signal's name and the pc. */
  text: string;
}

/** Special handler addresses. */
export const SIG_DFL = 0n;
export const SIG_IGN = 1n;

export enum ActionFlag {
  SigInfo = 0x4,
  OnStack = 0x0800_0000,
  NoDefer = 0x4000_0000,
  ResetHandler = 0x8000_0000,
}

export interface SignalAction {
  handler: bigint;
  flags: bigint;
  /** Bit n - 1 stands for signal n. */
  mask: bigint;
}

export interface AlternateStack {
  base: bigint;
  size: bigint;
}

const ignoredByDefault: readonly number[] = [Signal.CHLD, Signal.CONT, Signal.URG, Signal.WINCH];
const stopsByDefault: readonly number[] = [Signal.STOP, Signal.TSTP, Signal.TTIN, Signal.TTOU];

export function signalBit(signal: number): bigint {
  return 1n << BigInt(signal - 1);
}

const unblockable = signalBit(Signal.KILL) | signalBit(Signal.STOP);
const defaultAction: SignalAction = { handler: SIG_DFL, flags: 0n, mask: 0n };

export class SignalState {
  alternateStack: AlternateStack | undefined;
  private readonly actions = new Map<number, SignalAction>();
  private blockedBits = 0n;
  private pending: SignalInfo[] = [];

  get blocked(): bigint {
    return this.blockedBits;
  }

  /** SIGKILL and SIGSTOP stay unblocked whatever is asked. */
  set blocked(mask: bigint) {
    this.blockedBits = BigInt.asUintN(64, mask) & ~unblockable;
  }

  get pendingBits(): bigint {
    return this.pending.reduce((bits, info) => bits | signalBit(info.signal), 0n);
  }

  action(signal: number): SignalAction {
    return this.actions.get(signal) ?? defaultAction;
  }

  setAction(signal: number, action: SignalAction): void {
    this.actions.set(signal, { ...action, mask: action.mask & ~unblockable });
    if (this.isIgnored(signal)) this.pending = this.pending.filter((info) => info.signal !== signal);
  }

  isBlocked(signal: number): boolean {
    return (this.blockedBits & signalBit(signal)) !== 0n;
  }

  /** Ignored by choice or by default. Stop signals count as such: there is no job control here. */
  isIgnored(signal: number): boolean {
    const { handler } = this.action(signal);
    if (handler === SIG_IGN) return true;
    return handler === SIG_DFL && (ignoredByDefault.includes(signal) || stopsByDefault.includes(signal));
  }

  /** Makes a signal pending. One that is pending already is not queued again. */
  raise(info: SignalInfo): void {
    if (this.isIgnored(info.signal) && !this.isBlocked(info.signal)) return;
    if (this.pending.some((other) => other.signal === info.signal)) return;
    this.pending.push(info);
  }

  /** A fault's signal, which cannot be held back: blocked or ignored, it takes its default action at once. */
  force(info: SignalInfo): void {
    if (this.isBlocked(info.signal) || this.action(info.signal).handler === SIG_IGN) {
      this.actions.delete(info.signal);
      this.blockedBits &= ~signalBit(info.signal);
    }
    this.pending = [info, ...this.pending.filter((other) => other.signal !== info.signal)];
  }

  /** Is there a signal to deliver, were `blocked` the mask? */
  hasDeliverable(blocked = this.blockedBits): boolean {
    return this.pending.some((info) => (blocked & signalBit(info.signal)) === 0n);
  }

  /** Takes the next signal to deliver: the first fault, else the lowest number. */
  take(): SignalInfo | undefined {
    const ready = this.pending.filter((info) => !this.isBlocked(info.signal));
    const best =
      ready.find((info) => info.address !== undefined) ??
      ready.reduce<SignalInfo | undefined>((low, info) => (low && low.signal <= info.signal ? low : info), undefined);
    if (best) this.pending.splice(this.pending.indexOf(best), 1);
    return best;
  }

  /** Takes a pending signal of `set`, blocked or not, as sigtimedwait does. */
  takeOf(set: bigint): SignalInfo | undefined {
    const index = this.pending.findIndex((info) => (set & signalBit(info.signal)) !== 0n);
    return index < 0 ? undefined : this.pending.splice(index, 1)[0];
  }

  /** The alternate stack's use as sigaltstack(2) reports it, with the stack pointer at `sp`. */
  onAlternateStack(sp: bigint): boolean {
    const stack = this.alternateStack;
    return stack !== undefined && sp > stack.base && sp <= stack.base + stack.size;
  }
}
