// The calls that have not returned yet, kept by what calls and returns say: where they go, and the stack pointer.
//
// A return belongs to the innermost call that it goes back to with the stack pointer of the call. Those above that one
// are gone: left by a jump out of them (longjmp, an exception), or never seen to end. A return that goes back to no call
// is such a jump itself: the stack pointer says who is left. Where even that was not seen, the next call says so: nobody
// is active who was called with a lower stack pointer than it has. Stacks grow downwards here.
//
// Addresses are numbers, signed, so that those of kernels are exact too (`toAddress`). Functions have numbers of their
// own, from 0, the one that the program begins with.

export type FrameKind = "start" | "call" | "signal";

/** Told of every change, when it has been made. */
export interface StackObserver {
  called(frame: number, at: number): void;
  /** `unwound`: without a return of its own. The frame can still be looked at. */
  left(frame: number, at: number, unwound: boolean): void;
  /** Another function goes on in the innermost frame. */
  replaced(frame: number, at: number): void;
}

/** How a handler begins. */
export interface SignalEntry {
  /** The instruction that would have run. */
  readonly interrupted: number;
  /** Where the handler returns to: code of the kernel's. */
  readonly returnAddress: number;
  readonly pointer: number;
  readonly at: number;
}

const kinds: readonly FrameKind[] = ["start", "call", "signal"];
const [, CALL, SIGNAL] = [0, 1, 2];

export const toAddress = (value: number) => BigInt.asUintN(64, BigInt(value));
export const fromAddress = (address: bigint) => Number(BigInt.asIntN(64, address));
/** From the halves of an address, as records have them. */
export const fromHalves = (high: number, low: number) => (high | 0) * 0x1_0000_0000 + low;

export class ShadowStack {
  private readonly observer: StackObserver;
  private functions: Uint32Array;
  private sites: Float64Array;
  private returns: Float64Array;
  private pointers: Float64Array;
  private moments: Float64Array;
  private kinds: Uint8Array;
  /** Index of the innermost frame; the outermost is never left. */
  private top = 0;
  private signals = 0;

  constructor(observer: StackObserver) {
    this.observer = observer;
    const size = 256;
    this.functions = new Uint32Array(size);
    this.sites = new Float64Array(size);
    this.returns = new Float64Array(size);
    this.pointers = new Float64Array(size);
    this.moments = new Float64Array(size);
    this.kinds = new Uint8Array(size);
    this.pointers[0] = Number.POSITIVE_INFINITY;
    this.returns[0] = Number.NaN;
  }

  /** Calls that have not returned: 0 in the function that the program begins with. */
  get depth(): number {
    return this.top;
  }

  /** The function of a frame; frame 0 is the outermost. */
  functionOf(frame: number): number {
    return this.functions[frame];
  }

  /** Where it was called: the call; of a signal's frame, the interrupted instruction. */
  siteOf(frame: number): number {
    return this.sites[frame];
  }

  /** Instructions begun when it was called. */
  calledAt(frame: number): number {
    return this.moments[frame];
  }

  kindOf(frame: number): FrameKind {
    return kinds[this.kinds[frame]];
  }

  call(fn: number, site: number, returnAddress: number, pointer: number, at: number): void {
    while (this.pointers[this.top] < pointer && this.kinds[this.top] === CALL) this.leave(at, true);
    this.push(CALL, fn, site, returnAddress, pointer, at);
  }

  return(to: number, pointer: number, at: number): void {
    const { returns, pointers, top } = this;
    if (returns[top] === to && pointers[top] === pointer) {
      this.leave(at, false);
      return;
    }
    // Below a frame called with a higher stack pointer there is no match, but for signals on stacks of their own.
    for (let frame = top - 1; frame > 0 && (pointers[frame] <= pointer || this.signals > 0); frame--)
      if (returns[frame] === to && pointers[frame] === pointer) {
        this.leaveTo(frame, at);
        this.leave(at, false);
        return;
      }
    // Code that saves registers for its caller returns with another stack pointer.
    if (returns[top] === to && top > 0) this.leave(at, false);
    else while (this.top > 0 && this.pointers[this.top] <= pointer) this.leave(at, true);
  }

  /** The innermost function goes on as another: a tail call. */
  replace(fn: number, at: number): void {
    if (this.functions[this.top] === fn) return;
    this.functions[this.top] = fn;
    this.observer.replaced(this.top, at);
  }

  /** A handler runs, as if code at `trampoline` had called it, which goes on with the interrupted instruction. */
  signal(handler: number, trampoline: number, { interrupted, returnAddress, pointer, at }: SignalEntry): void {
    this.push(SIGNAL, trampoline, interrupted, interrupted, pointer, at);
    this.push(CALL, handler, returnAddress, returnAddress, pointer, at);
  }

  /** The innermost handler is done. */
  leaveSignal(at: number): void {
    let frame = this.top;
    while (frame > 0 && this.kinds[frame] !== SIGNAL) frame--;
    if (frame === 0) return;
    this.leaveTo(frame, at);
    this.leave(at, false);
  }

  /** Nobody watches any more: what is active later is not known. */
  forget(): void {
    this.top = 0;
    this.signals = 0;
  }

  private push(kind: number, fn: number, site: number, returnAddress: number, pointer: number, at: number): void {
    const frame = ++this.top;
    if (frame === this.kinds.length) this.grow();
    this.functions[frame] = fn;
    this.sites[frame] = site;
    this.returns[frame] = returnAddress;
    this.pointers[frame] = pointer;
    this.moments[frame] = at;
    this.kinds[frame] = kind;
    if (kind === SIGNAL) this.signals++;
    this.observer.called(frame, at);
  }

  private leaveTo(frame: number, at: number): void {
    while (this.top > frame) this.leave(at, true);
  }

  private leave(at: number, unwound: boolean): void {
    const frame = this.top--;
    if (this.kinds[frame] === SIGNAL) this.signals--;
    this.observer.left(frame, at, unwound);
  }

  private grow(): void {
    const larger = (from: Float64Array) => {
      const to = new Float64Array(2 * from.length);
      to.set(from);
      return to;
    };
    const functions = new Uint32Array(2 * this.functions.length);
    functions.set(this.functions);
    this.functions = functions;
    this.sites = larger(this.sites);
    this.returns = larger(this.returns);
    this.pointers = larger(this.pointers);
    this.moments = larger(this.moments);
    const kinds = new Uint8Array(2 * this.kinds.length);
    kinds.set(this.kinds);
    this.kinds = kinds;
  }
}
