// Runs guest code: translates it block by block, interprets what is cold, gathers what is hot into regions and runs
// those as WebAssembly, and forgets translations when the code, the breakpoints or the instruments change.
import { FetchError, type Guest } from "../guest/guest.ts";
import { Environment } from "../ir/environment.ts";
import { Access, Exit, FaultCause } from "../ir/exits.ts";
import type { HostCall } from "../ir/host-call.ts";
import { execute } from "../ir/interpreter.ts";
import { optimize, PASS_NAMES, type PassName } from "../ir/passes/index.ts";
import { prepare, rehearseOnce } from "../ir/prepare.ts";
import type { Block } from "../ir/types.ts";
import { compileRegion } from "../jit/compile-region.ts";
import { Outcome } from "../jit/engine-state.ts";
import { staticTargets } from "../jit/region.ts";
import type { CompileModule, EngineKind, Executor as ExecutorInterface, ExecutorStats } from "./api.ts";
import { CodeBudget, type CodeLimits, defaultLimits } from "./code-budget.ts";
import { Control, GUEST_BASE, READ_FLAGS, VCPU_BASE, Vcpu, WINDOWS_END, WRITE_FLAGS } from "./layout.ts";
import type { GuestMemory } from "./memory.ts";
import { growRegion, type RegionBounds } from "./region-growth.ts";
import { RegionRunner } from "./region-runner.ts";
import { type CompiledCode, countOne, type Translation, TranslationCache } from "./translation-cache.ts";

export interface ExecutorOptions {
  engine: EngineKind;
  /** Compiles what is generated: the host's chance to choose how its engine does that. */
  compileModule?: CompileModule;
  /** Milliseconds from some fixed moment, for the statistics. */
  now?: () => number;
  /** How much memory translated code may take. */
  limits?: Partial<CodeLimits>;
  /** For tests and measurements. */
  tuning?: PartialTuning;
}

export type PartialTuning = Partial<Omit<Tuning, "bounds">> & { bounds?: Partial<RegionBounds> };

export interface Tuning {
  /** The passes over what is compiled. */
  passes: readonly PassName[];
  /** Executions in the interpreter after which a block is the entry of a region. */
  hot: number;
  bounds: RegionBounds;
  /** How often control has to come from a region to the middle of one, for a way in to be made. */
  misses: number;
  /** Blocks of such a way. */
  trace: number;
  /** One of so many changes from region to region is looked at, and so many of one kind join the two; twice as many at each time. */
  sample: number;
  samples: number;
  /** Regions are compiled again as long as no more code has been made than this, and one byte for so many instructions. */
  freeBytes: number;
  instructionsPerByte: number;
}

const defaultTuning: Tuning = {
  passes: PASS_NAMES,
  hot: 1000,
  bounds: { blocks: 200, instructions: 2500, targets: 64, heat: 20, inline: 60, hotInline: 200, depth: 4 },
  misses: 50,
  trace: 12,
  sample: 100,
  samples: 10,
  freeBytes: 150_000,
  instructionsPerByte: 20_000,
};

/** Engine "jit" compiles everything at first sight, so in small pieces. */
const eagerTuning: Tuning = {
  ...defaultTuning,
  hot: 0,
  bounds: { blocks: 16, instructions: 500, targets: 8, heat: 0, inline: 40, hotInline: 40, depth: 2 },
};

/** What is to happen more and more rarely is not put off more than so many times. */
const MAX_DELAY = 12;
/** A program that has run so many instructions is no short one. */
const NOT_SHORT = 15_000;
/** The interpreter's own memory: between the vCPU state and the page flags. */
const SCRATCH = 0x20000;
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
  scratchEnd: READ_FLAGS,
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
  private runner: RegionRunner | undefined;
  /** Regions by number. */
  private readonly codes: (CompiledCode | undefined)[] = [];
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
    this.budget = new CodeBudget(
      this.cache,
      { ...defaultLimits, ...options.limits },
      {
        translation: (translation) => this.cache.remove(translation, this.dropped),
        region: (code) => this.forget(code),
        clearEntries: () => this.runner?.clearEntries(),
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

  setBreakpoints(addresses: ReadonlySet<bigint>): void {
    const before = this.breakpoints;
    this.breakpoints = new Set(addresses);
    for (const address of addresses) if (!before.has(address)) this.invalidateAt(address);
    for (const address of before) if (!addresses.has(address)) this.invalidateAt(address);
  }

  invalidate(address: number, length: number): void {
    if (length > 0) this.cache.invalidate(address, address + length, this.dropped);
    this.interruptIfForgotten();
  }

  invalidateAll(): void {
    this.cache.clear(this.dropped);
    this.interruptIfForgotten();
  }

  /** What is forgotten while the interpreter runs it is left at the next instruction, as a region is. */
  private interruptIfForgotten(): void {
    if (this.interpreted && !this.cache.holds(this.interpreted)) this.environment.interrupted = true;
  }

  private invalidateAt(address: bigint): void {
    if (address < 1n << 32n) this.invalidate(Number(address), 1);
  }

  private readonly dropped = (code: CompiledCode): void => {
    code.valid = false;
    this.runner?.remove(code.number);
    // That of the region that ran last is still wanted if it is running.
    if (this.runner?.region !== code.number) this.codes[code.number] = undefined;
    for (const { pc } of code.entries) this.runner?.clearEntry(pc);
  };

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
    if (translation.entry === undefined && translation.executions >= translation.compileAt) this.compileAt(translation);
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
    try {
      return this.translate(this.longs[this.pcWord / 2]);
    } catch (error) {
      if (!(error instanceof FetchError)) throw error;
      this.fetchFault(error.address);
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
    return this.cache.add(
      this.translateBlock(BigInt.asUintN(64, pc)),
      this.engine === "interpreter" ? Infinity : this.tuning.hot,
    );
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
    const { environment } = this;
    translation.executions++;
    translation.prepared ??= prepare(translation.block, environment);
    environment.interrupted = false;
    this.interpreted = translation;
    const exit = execute(translation.prepared, environment);
    this.interpreted = undefined;
    if (exit === CONTINUE && this.words[layout.source / 4] !== 0) this.learn(translation);
    return exit;
  }

  /** Runs the block at the pc in the interpreter, or as much of it as `most` instructions allow. */
  private interpretOne(passBreakpoint: boolean, most = Infinity): number {
    const known = this.find();
    if (!known) return Exit.Fault;
    const isLonger = known.block.instructions.length > most;
    const translation = isLonger
      ? { ...known, block: this.translateBlock(known.block.pc, most), prepared: undefined }
      : known;
    this.environment.passBreakpoint = passBreakpoint;
    const exit = this.interpret(translation);
    this.environment.passBreakpoint = false;
    if (translation.block !== known.block) this.forgotten?.(translation.block);
    return exit;
  }

  /** The block ended in an indirect jump to where the pc is now. */
  private learn(from: Translation): void {
    if (this.words[this.pcWord + 1] !== 0) return;
    countOne(from.targets, this.words[this.pcWord] >>> 0);
  }

  /** Runs regions from the pc, where one has an entry. */
  private enter({ pc, entry }: Translation): number {
    const { words, longs, runner } = this;
    if (!runner || !entry) throw new Error(`no region may be entered at 0x${pc.toString(16)}`);
    runner.setEntry(pc, entry.code.number, entry.number);
    entry.code.used = true;
    const outcome = runner.run(this.count(), this.deadline);
    const last = this.codes[runner.region];
    if (!last) throw new Error(`region ${runner.region} ran after it was forgotten`);
    if (outcome < 0) {
      this.writeCount(layout.icount, runner.count);
      if (outcome === Outcome.Sample) this.sample(runner, last);
      if (outcome === Outcome.NoEntry) this.leftRegion(last);
      return CONTINUE;
    }
    const site = last.sites[outcome];
    this.writeCount(layout.icount, runner.count - site.notBegun);
    if (site.pc !== undefined) longs[this.pcWord / 2] = site.pc;
    if (site.next !== undefined) longs[layout.next / 8] = site.next;
    words[layout.source / 4] = words[layout.source / 4 + 1] = 0;
    return site.exit === Exit.Budget ? CONTINUE : site.exit;
  }

  /** The block at which control left a region for the pc, and the one at the pc, as far as they are known. */
  private change(): { from: Translation | undefined; to: Translation | undefined } {
    const { words, pcWord } = this;
    const from = this.cache.get(words[layout.source / 4] >>> 0);
    const to = words[pcWord + 1] === 0 ? this.cache.get(words[pcWord] >>> 0) : undefined;
    if (from?.block.terminator.op === "jump") this.learn(from);
    return { from, to };
  }

  /** A region was left for a pc where none may be entered. */
  private leftRegion(code: CompiledCode): void {
    const { from, to } = this.change();
    this.words[layout.source / 4] = this.words[layout.source / 4 + 1] = 0;
    // One with an entry was only displaced in the driver's table.
    if (!from || !to || to.entry) return;
    const { terminator } = from.block;
    if (to.code === code && terminator.op === "jump" && terminator.kind === "jump") {
      // A target of its own that it does not know.
      if (++code.misses >= this.tuning.misses * 2 ** Math.min(code.growths, MAX_DELAY) && this.mayRecompile())
        this.recompile(code);
    } else if (to.code) {
      if (++to.misses >= this.tuning.misses) this.addEntry(to, to.code);
    } else if (code.valid && !isCallOrReturn(from.block)) to.leftFrom = code;
  }

  /** One of many changes from region to region: the frequent ones are worth a larger region. */
  private sample(runner: RegionRunner, code: CompiledCode): void {
    const { from, to } = this.change();
    runner.sampleAfter(this.tuning.sample);
    if (!from || !to?.code || !code.valid || !code.blocks.has(from)) return;
    const { terminator } = from.block;
    if ("kind" in terminator && terminator.kind === "return") return;
    if (countOne(code.changes, to) < this.tuning.samples || !this.mayRecompile()) return;
    code.changes.delete(to);
    if (!isCallOrReturn(from.block)) this.join(code, to);
    else if (!to.isHotCallee) {
      to.isHotCallee = true;
      this.recompile(code);
    }
  }

  /** Makes one region of two, if it is not too large: control often goes from the first to the block in the second. */
  private join(code: CompiledCode, to: Translation): void {
    const other = to.code;
    if (!other || other === code || sizeOf(code) + sizeOf(other) > this.tuning.bounds.instructions) {
      return;
    }
    const reached = new Set([code, other].flatMap(({ own }) => [...own].flatMap(({ block }) => staticTargets(block))));
    const others = other.seeds.filter((entry) => !reached.has(BigInt(entry.pc)));
    this.forget(other);
    this.forget(code);
    this.compile(
      [...code.seeds, ...others].filter(({ valid }) => valid),
      Math.max(code.growths, other.growths) + 1,
    );
  }

  /** A block has become hot: it gets a region, or comes into the one that control left for it. */
  private compileAt(translation: Translation): void {
    const { code, leftFrom } = translation;
    const growths = code?.growths ?? leftFrom?.growths ?? 0;
    translation.compileAt = translation.executions + Math.max(this.tuning.hot, 1) * 2 ** Math.min(growths, MAX_DELAY);
    if (code) {
      this.addEntry(translation, code);
      return;
    }
    if (leftFrom?.valid && sizeOf(leftFrom) < this.tuning.bounds.instructions && this.mayRecompile()) {
      this.recompile(leftFrom);
      if (translation.code) return;
    }
    this.compile([translation], 0);
  }

  /**
   * A way into regions from a block in the middle of one: the region is compiled again with another entry, or, where
   * that has happened too often, a small region is made that goes on to where others may be entered.
   */
  private addEntry(translation: Translation, code: CompiledCode): void {
    if (this.mayRecompile()) {
      this.recompile(code, translation);
      return;
    }
    const { bounds } = this.tuning;
    const blocks = Math.min(bounds.blocks, this.tuning.trace);
    this.compile([translation], 0, (other) => other.entry !== undefined, { ...bounds, blocks });
  }

  /** Compiling again is an investment: so much code may be made as the instructions run so far have paid for. */
  private mayRecompile(): boolean {
    const { freeBytes, instructionsPerByte } = this.tuning;
    return this.stats.wasmBytes < freeBytes + this.count() / instructionsPerByte;
  }

  /** Compiles a region again, with what is known by now and perhaps another entry. */
  private recompile(code: CompiledCode, entry?: Translation): void {
    const entries = code.seeds.filter(({ valid }) => valid);
    this.forget(code);
    this.compile(entry ? [...entries, entry] : entries, code.growths + 1);
  }

  private forget(code: CompiledCode): void {
    this.dropped(code);
    this.cache.removeCode(code);
  }

  private compile(
    entries: readonly Translation[],
    growths: number,
    isElsewhere = (translation: Translation) => translation.code !== undefined,
    bounds = this.tuning.bounds,
  ): void {
    const runner = (this.runner ??= this.start());
    const started = this.now();
    const { region, ...parts } = growRegion(entries, {
      find: (pc) => this.candidate(pc),
      isElsewhere,
      optimised: (translation) => this.optimised(translation),
      bounds,
      file: this.guest.file,
    });
    const pages = this.memory.wasm.buffer.byteLength / 0x10000;
    const compiled = compileRegion(region, pages, () => runner.fused, this.callbacks);
    const number = runner.add(compiled);
    const code = {
      number,
      bytes: compiled.bytes.length,
      sites: compiled.sites,
      ...parts,
      own: new Set([...parts.own].filter((translation) => !translation.code)),
      growths,
      misses: 0,
      changes: new Map(),
      used: true,
      valid: true,
    };
    this.codes[number] = code;
    this.cache.addCode(code);
    for (const [entry, { pc }] of code.entries.entries()) runner.setEntry(pc, number, entry);
    this.stats.regions++;
    this.stats.wasmBytes += compiled.bytes.length;
    this.stats.compileMs += this.now() - started;
  }

  /** A block that a region may include: one that has run, or, when compiling at first sight, any that can be fetched. */
  private candidate(pc: number): Translation | undefined {
    const known = this.cache.get(pc);
    if (known) return known;
    if (this.engine !== "jit") return undefined;
    try {
      return this.translate(BigInt(pc));
    } catch (error) {
      if (error instanceof FetchError) return undefined;
      throw error;
    }
  }

  private optimised(translation: Translation): Block {
    translation.optimised ??= optimize(translation.block, this.guest.file, this.tuning.passes);
    return translation.optimised;
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

function isCallOrReturn({ terminator }: Block): boolean {
  return "kind" in terminator && terminator.kind !== "jump";
}

/** Instructions of a region's own blocks. */
function sizeOf({ own }: CompiledCode): number {
  let size = 0;
  for (const { block } of own) size += block.instructions.length;
  return size;
}
