// Runs guest code: translates it block by block, interprets what is cold, gathers what is hot into regions and runs
// those as WebAssembly, and forgets translations when the code, the breakpoints or the instruments change.
import { FetchError, type Guest } from "../guest/guest.ts";
import { Environment } from "../ir/environment.ts";
import { Access, Exit, FaultCause } from "../ir/exits.ts";
import type { HostCall } from "../ir/host-call.ts";
import { execute, type Prepared } from "../ir/interpreter.ts";
import { prepare, rehearseOnce } from "../ir/prepare.ts";
import { restOf } from "../ir/rest.ts";
import type { Block } from "../ir/types.ts";
import { Outcome } from "../jit/engine-state.ts";
import type { CompileModule, EngineKind, Executor as ExecutorInterface, ExecutorStats } from "./api.ts";
import { CodeBudget, type CodeLimits, defaultLimits } from "./code-budget.ts";
import { Control, ENTRIES_BASE, GUEST_BASE, READ_FLAGS, VCPU_BASE, Vcpu, WINDOWS_END, WRITE_FLAGS } from "./layout.ts";
import type { GuestMemory } from "./memory.ts";
import type { Profile } from "./profile.ts";
import { RegionRunner } from "./region-runner.ts";
import { Regions } from "./regions.ts";
import { type CompiledCode, countOne, type Translation, TranslationCache } from "./translation-cache.ts";
import { defaultTuning, eagerTuning, type PartialTuning, type Tuning } from "./tuning.ts";

export interface ExecutorOptions {
  engine: EngineKind;
  /** Compiles what is generated: the host's chance to choose how its engine does that. */
  compileModule?: CompileModule;
  /** Milliseconds from some fixed moment, for the statistics. */
  now?: () => number;
  /** How much memory translated code may take. */
  limits?: Partial<CodeLimits>;
  /** What an earlier run has taught. */
  profile?: Profile;
  /** For tests and measurements. */
  tuning?: PartialTuning;
}

/** A program that has run so many instructions is no short one. */
const NOT_SHORT = 15_000;
/** The interpreter's own memory: between the vCPU state and the table of entries. */
const SCRATCH = 0x10000;
/** What a step of the dispatch loop gives when nothing has happened. */
const CONTINUE = -1;

const layout = {
  vcpu: VCPU_BASE,
  icount: VCPU_BASE + Vcpu.icount,
  exit: VCPU_BASE + Vcpu.exit,
  faultAccess: VCPU_BASE + Vcpu.faultAccess,
  faultCause: VCPU_BASE + Vcpu.faultCause,
  faultAddress: VCPU_BASE + Vcpu.faultAddress,
  next: VCPU_BASE + Vcpu.next,
  source: VCPU_BASE + Vcpu.source,
  args: VCPU_BASE + Vcpu.args,
  scratch: SCRATCH,
  scratchEnd: ENTRIES_BASE,
  readFlags: READ_FLAGS,
  writeFlags: WRITE_FLAGS,
  guestBase: GUEST_BASE,
};

export class Executor implements ExecutorInterface {
  readonly stats: ExecutorStats = { blocks: 0, regions: 0, wasmBytes: 0, compileMs: 0, firstBlockMs: 0 };
  readonly callbacks: HostCall[] = [];
  forgotten: ((block: Block) => void) | undefined;
  private readonly guest: Guest;
  private readonly memory: GuestMemory;
  private readonly engine: EngineKind;
  private readonly compileModule: CompileModule;
  private readonly now: () => number;
  private readonly tuning: Tuning;
  private readonly cache: TranslationCache;
  private readonly budget: CodeBudget;
  private readonly environment: Environment;
  private readonly words: Int32Array;
  private readonly longs: BigInt64Array;
  private readonly pcWord: number;
  private hook: ((block: Block) => Block) | undefined;
  private breakpoints: ReadonlySet<bigint> = new Set();
  private readonly regions: Regions;
  /** The translation that the interpreter runs, while it does. */
  private interpreted: Translation | undefined;
  /** The instruction count at which the slice ends. */
  private deadline = 0;

  constructor(guest: Guest, memory: GuestMemory, options: ExecutorOptions) {
    this.guest = guest;
    this.memory = memory;
    this.engine = options.engine;
    this.compileModule = options.compileModule ?? ((bytes) => new WebAssembly.Module(bytes));
    this.now = options.now ?? (() => Date.now());
    const usual = options.engine === "jit" ? eagerTuning : defaultTuning;
    this.tuning = { ...usual, ...options.tuning, bounds: { ...usual.bounds, ...options.tuning?.bounds } };
    const { buffer } = memory.wasm;
    this.environment = new Environment({ buffer, layout, file: guest.file, memory, callbacks: this.callbacks });
    this.words = new Int32Array(buffer, 0, WINDOWS_END / 4);
    this.longs = new BigInt64Array(buffer, 0, READ_FLAGS / 8);
    this.pcWord = (VCPU_BASE + 8 * guest.file.pc) / 4;
    this.cache = new TranslationCache(memory.codeLines, (block) => this.forgotten?.(block));
    this.regions = new Regions({
      guest,
      cache: this.cache,
      tuning: this.tuning,
      stats: this.stats,
      memoryPages: buffer.byteLength / 0x10000,
      profile: options.profile,
      eager: options.engine === "jit",
      hostCalls: this.callbacks,
      now: this.now,
      count: () => this.count(),
      translate: (pc) => this.translateIfCode(BigInt(pc)),
      makeRunner: () => this.start(),
    });
    this.budget = new CodeBudget(
      this.cache,
      { ...defaultLimits, ...options.limits },
      {
        translation: (translation) => this.cache.remove(translation, this.regions.drop),
        region: (code) => this.regions.forget(code),
        clearEntries: () => this.regions.runner?.clearEntries(),
      },
    );
    memory.onCodeWrite = (address, length) => this.invalidate(address, length);
    memory.onCodeChange = (address, length) => this.invalidate(address, length);
  }

  get codeBytes(): CodeLimits {
    return { translationBytes: this.cache.bytes, regionBytes: this.cache.regionBytes };
  }

  get instrument(): ((block: Block) => Block) | undefined {
    return this.hook;
  }

  set instrument(hook: ((block: Block) => Block) | undefined) {
    this.hook = hook;
    this.invalidateAll();
  }

  profile(): Profile | undefined {
    return this.regions.profile();
  }

  setBreakpoints(addresses: ReadonlySet<bigint>): void {
    const before = this.breakpoints;
    this.breakpoints = new Set(addresses);
    for (const address of addresses) if (!before.has(address)) this.invalidateAt(address);
    for (const address of before) if (!addresses.has(address)) this.invalidateAt(address);
  }

  interrupt(): void {
    this.environment.interrupted = true;
    this.regions.runner?.leaveSoon();
  }

  invalidate(address: number, length: number): void {
    if (length > 0) this.cache.invalidate(address, address + length, this.regions.drop);
    this.interruptIfForgotten();
  }

  invalidateAll(): void {
    this.cache.clear(this.regions.drop);
    this.interruptIfForgotten();
  }

  /** What is forgotten while the interpreter runs it is left at the next instruction, as a region is. */
  private interruptIfForgotten(): void {
    if (this.interpreted && !this.cache.holds(this.interpreted)) this.environment.interrupted = true;
  }

  private invalidateAt(address: bigint): void {
    if (address < 1n << 32n) this.invalidate(Number(address), 1);
  }

  run(budget: number, passBreakpoint = false): Exit {
    const count = this.count();
    if (count >= NOT_SHORT) rehearseOnce();
    this.deadline = count + budget;
    this.words[layout.source / 4] = this.words[layout.source / 4 + 1] = 0;
    let exit = passBreakpoint ? this.interpretOne(true) : CONTINUE;
    while (exit === CONTINUE)
      exit = this.stopRequested() || this.count() >= this.deadline ? Exit.Budget : this.dispatch();
    return this.finish(exit);
  }

  step(count = 1): Exit {
    const end = this.count() + count;
    let exit = CONTINUE;
    for (let first = true; exit === CONTINUE && this.count() < end; first = false)
      exit = this.interpretOne(first, end - this.count());
    return this.finish(exit === CONTINUE ? Exit.Budget : exit);
  }

  private finish(exit: number): Exit {
    this.words[layout.exit / 4] = exit;
    return exit;
  }

  private count(): number {
    const at = layout.icount / 4;
    return (this.words[at] >>> 0) + this.words[at + 1] * 2 ** 32;
  }

  /** Writes an instruction count as an i64. */
  private writeCount(offset: number, count: number): void {
    this.words[offset / 4] = count;
    this.words[offset / 4 + 1] = count / 2 ** 32;
  }

  private stopRequested(): boolean {
    return this.words[Control.stop / 4] !== 0;
  }

  /** Runs a region or a block from the pc. */
  private dispatch(): number {
    const translation = this.find();
    if (!translation) return Exit.Fault;
    if (translation.entry === undefined && translation.executions >= translation.compileAt)
      this.regions.compileAt(translation);
    return translation.entry === undefined ? this.interpret(translation) : this.enter(translation);
  }

  /** The translation at the pc, made if need be; undefined (and the fault fields set) where there is no code. */
  private find(): Translation | undefined {
    this.budget.keep();
    const pc = this.words[this.pcWord] >>> 0;
    if (this.words[this.pcWord + 1] === 0) {
      const known = this.cache.get(pc);
      if (known) return known;
    }
    return this.translateIfCode(this.longs[this.pcWord / 2], (address) => this.fetchFault(address));
  }

  /** A new translation at an address; undefined where there is no code, which `failed` is told. */
  private translateIfCode(pc: bigint, failed?: (address: bigint) => void): Translation | undefined {
    try {
      return this.translate(pc);
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      failed?.(error.address);
      return undefined;
    }
  }

  private fetchFault(address: bigint): void {
    const fault = this.memory.check(address, 2, Access.Fetch);
    this.words[layout.faultAccess / 4] = Access.Fetch;
    this.words[layout.faultCause / 4] = fault?.cause ?? FaultCause.Unmapped;
    this.longs[layout.faultAddress / 8] = fault?.address ?? address;
  }

  private translate(pc: bigint): Translation {
    const interpreted = this.engine === "interpreter";
    const block = this.translateBlock(BigInt.asUintN(64, pc));
    const translation = this.cache.add(block, interpreted ? Infinity : this.tuning.hot);
    if (!interpreted) this.regions.translated(translation);
    return translation;
  }

  private translateBlock(pc: bigint, maxInstructions?: number): Block {
    const started = this.now();
    const { breakpoints } = this;
    const block = this.guest.translate((address) => this.memory.fetchHalf(address), pc, {
      maxInstructions,
      isBreakpoint: breakpoints.size > 0 ? (address) => breakpoints.has(address) : undefined,
    });
    this.stats.blocks++;
    const instrumented = this.hook ? this.hook(block) : block;
    const ended = this.now();
    this.stats.compileMs += ended - started;
    if (this.stats.firstBlockMs === 0) this.stats.firstBlockMs = ended;
    return instrumented;
  }

  private interpret(translation: Translation): number {
    translation.executions++;
    if (this.engine !== "interpreter") this.regions.interpreted(translation);
    translation.prepared ??= prepare(translation.block, this.environment);
    return this.execute(translation, translation.prepared);
  }

  private execute(translation: Translation, prepared: Prepared): number {
    const { environment } = this;
    environment.interrupted = false;
    this.interpreted = translation;
    const exit = execute(prepared, environment);
    this.interpreted = undefined;
    if (exit === CONTINUE && this.words[layout.source / 4] !== 0) this.learn(translation);
    return exit;
  }

  /** Runs the block at the pc in the interpreter, or as much of it as `most` instructions allow. */
  private interpretOne(passBreakpoint: boolean, most = Infinity): number {
    const known = this.find();
    if (!known) return Exit.Fault;
    this.environment.passBreakpoint = passBreakpoint;
    const exit = known.block.instructions.length > most ? this.interpretBeginning(known, most) : this.interpret(known);
    this.environment.passBreakpoint = false;
    return exit;
  }

  /** Runs the first instructions of a block, as a block that nobody else hears of. */
  private interpretBeginning(known: Translation, most: number): number {
    const block = this.translateBlock(known.block.pc, most);
    const exit = this.execute({ ...known, block }, prepare(block, this.environment));
    this.forgotten?.(block);
    return exit;
  }

  /** The block ended in an indirect jump to where the pc is now. */
  private learn(from: Translation): void {
    if (this.words[this.pcWord + 1] !== 0) return;
    countOne(from.targets, this.words[this.pcWord] >>> 0);
  }

  /** Runs regions from the pc, where one has an entry. */
  private enter({ pc, entry }: Translation): number {
    const { words, longs, regions } = this;
    const { runner } = regions;
    if (!runner || !entry) throw new Error(`no region may be entered at 0x${pc.toString(16)}`);
    runner.setEntry(pc, entry.code.number, entry.number);
    entry.code.used = true;
    const outcome = runner.run(this.count(), this.deadline);
    const last = regions.ranLast();
    if (!last) throw new Error(`region ${runner.region} ran after it was forgotten`);
    if (outcome < 0) {
      this.writeCount(layout.icount, runner.count);
      if (outcome !== Outcome.Slice) {
        const { from, to } = this.change();
        if (outcome === Outcome.Sample) regions.sampled(last, from, to);
        else {
          words[layout.source / 4] = words[layout.source / 4 + 1] = 0;
          regions.left(last, from, to);
        }
      }
      return CONTINUE;
    }
    const site = last.sites[outcome];
    this.writeCount(layout.icount, runner.count - site.notBegun);
    if (site.pc !== undefined) longs[this.pcWord / 2] = site.pc;
    if (site.next !== undefined) longs[layout.next / 8] = site.next;
    words[layout.source / 4] = words[layout.source / 4 + 1] = 0;
    if (site.rest) return this.guardFailed(last, site.rest);
    return site.exit === Exit.Budget ? CONTINUE : site.exit;
  }

  /** A guard in a region did not vouch for the accesses of a block from some instruction on: they may still be good. */
  private guardFailed(code: CompiledCode, { block, instruction }: { block: bigint; instruction: number }): number {
    const translation = this.cache.get(Number(block));
    // What has been forgotten is translated again, from here on.
    if (!translation || !code.valid) return CONTINUE;
    if (++translation.guardFailures >= this.tuning.guardFailures) this.regions.removeGuards(code);
    if (instruction === 0) return this.interpret(translation);
    translation.rests ??= new Map();
    let rest = translation.rests.get(instruction);
    if (!rest) {
      rest = prepare(restOf(translation.block, instruction), this.environment);
      translation.rests.set(instruction, rest);
    }
    return this.execute(translation, rest);
  }

  /** The block at which control left a region for the pc, and the one at the pc, as far as they are known. */
  private change(): { from: Translation | undefined; to: Translation | undefined } {
    const { words, pcWord } = this;
    const from = this.cache.get(words[layout.source / 4] >>> 0);
    const to = words[pcWord + 1] === 0 ? this.cache.get(words[pcWord] >>> 0) : undefined;
    if (from?.block.terminator.op === "jump") this.learn(from);
    return { from, to };
  }

  /** Before the first region. */
  private start(): RegionRunner {
    const { memory, guest, compileModule } = this;
    return new RegionRunner({ memory, file: guest.file, compileModule, noteFault: () => this.noteFault() });
  }

  private noteFault(): void {
    const { fault } = this.memory;
    if (!fault) return;
    this.words[layout.faultAccess / 4] = fault.access;
    this.words[layout.faultCause / 4] = fault.cause;
    this.longs[layout.faultAddress / 8] = BigInt.asIntN(64, fault.address);
  }
}
