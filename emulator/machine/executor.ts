// Runs guest code: translates it block by block, interprets what is cold, gathers what is hot into regions and runs
// those as WebAssembly, and forgets translations when the code, the breakpoints or the instruments change.
import { FetchError, type Guest } from "../guest/guest.ts";
import { Environment } from "../ir/environment.ts";
import { Access, Exit, FaultCause } from "../ir/exits.ts";
import { execute } from "../ir/interpreter.ts";
import { optimize } from "../ir/passes/index.ts";
import { prepare, rehearseOnce } from "../ir/prepare.ts";
import { floatState, slowFloat } from "../ir/softfloat/softfloat.ts";
import type { Block } from "../ir/types.ts";
import { compileRegion } from "../jit/compile-region.ts";
import { EngineState, type ImportName, Leave } from "../jit/engine-state.ts";
import { type FloatImportName, floatImports } from "../jit/float-imports.ts";
import { boundsAreStale, type FloatModule, instantiateFloat } from "../jit/float-module.ts";
import { instantiateHelpers } from "../jit/helpers.ts";
import { clearWindow, setWindow, windowOverlaps } from "../jit/windows.ts";
import type { CompileModule, EngineKind, Executor as ExecutorInterface, ExecutorStats } from "./api.ts";
import { describeRegion, growRegion, type RegionBounds } from "./executor-regions.ts";
import { Control, GUEST_BASE, READ_FLAGS, VCPU_BASE, Vcpu, WINDOWS_END, WRITE_FLAGS } from "./layout.ts";
import type { GuestMemory } from "./memory.ts";
import { type CompiledCode, type Translation, TranslationCache } from "./translation-cache.ts";

export interface ExecutorOptions {
  engine: EngineKind;
  /** Compiles what is generated: the host's chance to choose how its engine does that. */
  compileModule?: CompileModule;
  /** Milliseconds from some fixed moment, for the statistics. */
  now?: () => number;
  /** For tests and measurements. */
  tuning?: Partial<Tuning>;
}

export interface Tuning {
  /** Executions in the interpreter after which a block is the entry of a region. */
  hot: number;
  bounds: RegionBounds;
  /** Misses after which a region is compiled again with what was learnt; times `missFactor` at each time. */
  misses: number;
  missFactor: number;
  /** How often a region is compiled again. */
  growths: number;
}

// V8 takes 2 to 3 ms per KiB of a region, in which the interpreter runs some 100,000 instructions: a region has to be
// hot enough to earn that, and should hold only what is hot. Measured on programs that spread over much library code.
const defaultTuning: Tuning = {
  hot: 30_000,
  bounds: { blocks: 64, instructions: 2500, targets: 16, heat: 3000 },
  misses: 500,
  missFactor: 10,
  growths: 5,
};

/** Engine "jit" compiles everything at first sight, so in small pieces. */
const eagerTuning: Tuning = {
  ...defaultTuning,
  hot: 0,
  bounds: { blocks: 16, instructions: 500, targets: 8, heat: 0 },
  misses: 20,
};

/** Generated code looks at the stop word at least once per so many instructions. */
const POLL_INTERVAL = 1_000_000;
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
  readonly callbacks: (() => void)[] = [];
  private readonly guest: Guest;
  private readonly memory: GuestMemory;
  private readonly engine: EngineKind;
  private readonly compileModule: CompileModule;
  private readonly now: () => number;
  private readonly tuning: Tuning;
  private readonly cache: TranslationCache;
  private readonly environment: Environment;
  private readonly words: Int32Array;
  private readonly longs: BigInt64Array;
  private readonly pcWord: number;
  private hook: ((block: Block) => Block) | undefined;
  private breakpoints: ReadonlySet<bigint> = new Set();
  /** What regions import, by name; floating point when a region first needs it. */
  private helpers: Partial<Record<ImportName, unknown>> | undefined;
  private float: FloatModule | undefined;
  /** The region that is running, while it is. */
  private running: CompiledCode | undefined;
  /** The translation that the interpreter runs, while it does. */
  private interpreted: Translation | undefined;
  /** The instruction count at which the slice ends. */
  private deadline = 0;
  /** What `EngineState.limit` holds. */
  private limit = 0;
  /** Homes of the windows that are not empty. */
  private readonly windows = new Set<number>();

  constructor(guest: Guest, memory: GuestMemory, options: ExecutorOptions) {
    this.guest = guest;
    this.memory = memory;
    this.engine = options.engine;
    this.compileModule = options.compileModule ?? ((bytes) => new WebAssembly.Module(bytes));
    this.now = options.now ?? (() => Date.now());
    this.tuning = { ...(options.engine === "jit" ? eagerTuning : defaultTuning), ...options.tuning };
    const { buffer } = memory.wasm;
    this.environment = new Environment({ buffer, layout, file: guest.file, memory, callbacks: this.callbacks });
    this.words = new Int32Array(buffer, 0, WINDOWS_END / 4);
    this.longs = new BigInt64Array(buffer, 0, READ_FLAGS / 8);
    this.pcWord = (VCPU_BASE + 8 * guest.file.pc) / 4;
    this.cache = new TranslationCache(memory.codeLines);
    memory.onNarrowed = (address, length) => this.narrowed(address, address + length);
    memory.onCodeWrite = (address, length) => this.invalidate(address, length);
    memory.onCodeChange = (address, length) => this.invalidate(address, length);
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
    if (code === this.running) this.words[EngineState.leave / 4] = Leave.Soon;
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
    const code = translation.code ?? this.compileIfHot(translation);
    return code ? this.enter(translation, code) : this.interpret(translation);
  }

  /** The translation at the pc, made if need be; undefined (and the fault fields set) where there is no code. */
  private find(): Translation | undefined {
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
    return this.cache.add(this.translateBlock(BigInt.asUintN(64, pc)));
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
    let translation = this.find();
    if (!translation) return Exit.Fault;
    if (translation.block.instructions.length > most) {
      const block = this.translateBlock(translation.block.pc, most);
      translation = { ...translation, block, prepared: undefined };
    }
    this.environment.passBreakpoint = passBreakpoint;
    const exit = this.interpret(translation);
    this.environment.passBreakpoint = false;
    return exit;
  }

  /** The block ended in an indirect jump to where the pc is now. */
  private learn(from: Translation): void {
    if (this.words[this.pcWord + 1] !== 0) return;
    const target = this.words[this.pcWord] >>> 0;
    from.targets.set(target, (from.targets.get(target) ?? 0) + 1);
  }

  private enter(entry: Translation, code: CompiledCode): number {
    const { words, longs } = this;
    this.grant(this.count());
    words[EngineState.leave / 4] = Leave.No;
    if (this.float && boundsAreStale(words, this.guest.file)) this.float.functions.refreshFloat();
    this.running = code;
    let index: number;
    try {
      index = code.run();
    } finally {
      this.running = undefined;
    }
    const site = code.sites[index];
    this.writeCount(layout.icount, this.limit - words[EngineState.left / 4] - site.notBegun);
    if (site.pc !== undefined) longs[this.pcWord / 2] = site.pc;
    if (site.next !== undefined) longs[layout.next / 8] = site.next;
    if (site.exit === Exit.Untranslated) {
      this.missed(entry, code, site.pc === undefined ? site.from : undefined);
      return CONTINUE;
    }
    return site.exit === Exit.Budget ? CONTINUE : site.exit;
  }

  private learnWindow(address: number, home: number, isStore: boolean): void {
    const { start, end } = this.memory.plainAround(address >>> 0, isStore);
    setWindow(this.words, home, start, end);
    this.windows.add(home);
  }

  /** Pages in [start, end) may be plain no longer. */
  private narrowed(start: number, end: number): void {
    for (const home of this.windows) {
      if (!windowOverlaps(this.words, home, start, end)) continue;
      clearWindow(this.words, home);
      this.windows.delete(home);
    }
  }

  /** Gives generated code its next portion of the slice, from instruction `count` on. */
  private grant(count: number): number {
    const left = Math.min(this.deadline - count, POLL_INTERVAL);
    this.limit = count + left;
    this.writeCount(EngineState.limit, this.limit);
    this.words[EngineState.left / 4] = left;
    return left;
  }

  /** A region was left for want of code; `jump` is the block whose indirect jump went astray, if it was one. */
  private missed(entry: Translation, code: CompiledCode, jump: bigint | undefined): void {
    const from = jump === undefined ? undefined : this.cache.get(Number(jump));
    if (from) this.learn(from);
    if (++code.misses < code.missLimit || code.growths >= this.tuning.growths || entry.code !== code) return;
    code.missLimit *= this.tuning.missFactor;
    this.compile(entry, code.growths + 1);
  }

  private compileIfHot(translation: Translation): CompiledCode | undefined {
    if (this.engine === "interpreter" || translation.executions < this.tuning.hot) return undefined;
    return this.compile(translation, 0);
  }

  private compile(entry: Translation, growths: number): CompiledCode {
    if (!this.helpers) this.start();
    const started = this.now();
    const { bounds, misses, missFactor } = this.tuning;
    const chosen = growRegion(entry, (pc) => this.candidate(pc), bounds);
    const region = describeRegion(entry, chosen, (t) => this.optimised(t), this.guest.file, bounds);
    const pages = this.memory.wasm.buffer.byteLength / 0x10000;
    const { bytes, sites, imports } = compileRegion(region, pages, () => this.floats().fused);
    const env = { memory: this.memory.wasm, ...this.imported(imports) };
    const instance = new WebAssembly.Instance(this.compileModule(bytes), { env });
    const code: CompiledCode = {
      run: instance.exports.run as () => number,
      sites,
      blocks: chosen,
      misses: 0,
      growths,
      missLimit: misses * missFactor ** growths,
    };
    this.cache.setCode(entry, code);
    this.stats.regions++;
    this.stats.wasmBytes += bytes.length;
    this.stats.compileMs += this.now() - started;
    return code;
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
    translation.optimised ??= optimize(translation.block, this.guest.file);
    return translation.optimised;
  }

  /** The functions that a region imports. */
  private imported(names: readonly ImportName[]): Record<string, unknown> {
    return Object.fromEntries(
      names.map((name) => [
        name,
        name in floatImports ? this.floats().functions[name as FloatImportName] : this.helpers?.[name],
      ]),
    );
  }

  private floats(): FloatModule {
    const { memory, words } = this;
    this.float ??= instantiateFloat(memory.wasm, this.compileModule, this.guest.file, (code, rounding, a, b, c) => {
      const result = slowFloat(code, rounding, a, b, c);
      words[EngineState.floatFlags / 4] = floatState.flags;
      return result;
    });
    return this.float;
  }

  /** Before the first region. */
  private start(): void {
    const { memory, callbacks } = this;
    this.helpers = instantiateHelpers(memory.wasm, this.compileModule, {
      load: (address, size) => {
        const value = memory.load(address, size);
        this.noteFault();
        return value;
      },
      store: (address, size, value) => {
        memory.store(address, size, BigInt.asUintN(8 * size, value));
        this.noteFault();
      },
      learn: (address, home, isStore) => this.learnWindow(address, home, isStore !== 0),
      poll: (left) => {
        const count = this.limit - left;
        return this.stopRequested() || count >= this.deadline ? left : this.grant(count);
      },
      call: (id) => callbacks[id](),
    });
  }

  private noteFault(): void {
    const { fault } = this.memory;
    if (!fault) return;
    this.words[EngineState.leave / 4] = Leave.Fault;
    this.words[layout.faultAccess / 4] = fault.access;
    this.words[layout.faultCause / 4] = fault.cause;
    this.longs[layout.faultAddress / 8] = BigInt.asIntN(64, fault.address);
  }
}
