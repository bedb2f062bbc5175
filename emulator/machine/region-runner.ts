// Runs compiled regions: holds their functions in a table, keeps the driver's table of entries, serves what generated
// code calls for, and keeps the windows.

import { floatState, slowFloat } from "../ir/softfloat/softfloat.ts";
import type { RegisterFile } from "../ir/types.ts";
import type { RegionModule } from "../jit/compile-region.ts";
import { clearEntries, clearEntry, instantiateDriver, setEntry } from "../jit/driver.ts";
import { EngineState, type ImportName, Leave } from "../jit/engine-state.ts";
import { type FloatImportName, floatImports } from "../jit/float-imports.ts";
import { boundsAreStale, type FloatModule, instantiateFloat } from "../jit/float-module.ts";
import { instantiateHelpers } from "../jit/helpers.ts";
import { clearWindow, setWindow, windowOverlaps } from "../jit/windows.ts";
import type { CompileModule } from "./api.ts";
import { Control, VCPU_BASE, Vcpu, WINDOWS_END } from "./layout.ts";
import type { GuestMemory } from "./memory.ts";

/** Generated code looks at the stop word at least once per so many instructions. */
const POLL_INTERVAL = 200_000;

export interface RegionRunnerOptions {
  memory: GuestMemory;
  file: RegisterFile;
  compileModule: CompileModule;
  /** The last access failed: has its fault noted in the vCPU state. */
  noteFault: () => void;
}

export class RegionRunner {
  private readonly options: RegionRunnerOptions;
  private readonly words: Int32Array;
  private readonly helpers: Partial<Record<ImportName, unknown>>;
  /** Made when a region first needs it. */
  private float: FloatModule | undefined;
  private readonly driver: () => number;
  private readonly table = new WebAssembly.Table({ element: "anyfunc", initial: 64 });
  private readonly free: number[] = [];
  private used = 0;
  private running = false;
  /** The instruction count at which the slice ends. */
  private deadline = 0;
  /** Homes of the windows that are not empty. */
  private readonly windows = new Set<number>();

  constructor(options: RegionRunnerOptions) {
    this.options = options;
    const { memory, file, compileModule } = options;
    const { wasm } = memory;
    const words = new Int32Array(wasm.buffer, 0, WINDOWS_END / 4);
    this.words = words;
    memory.onNarrowed = (address, length) => this.narrowed(address, address + length);
    clearEntries(words);
    this.sampleAfter(0);
    this.driver = instantiateDriver(wasm, this.table, file.pc, compileModule);
    this.helpers = instantiateHelpers(wasm, compileModule, {
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
      poll: () => {
        const { count } = this;
        const leaves = words[Control.stop / 4] !== 0 || words[EngineState.leave / 4] !== Leave.No;
        if (!leaves && count < this.deadline) this.grant(count);
      },
    });
  }

  /** Takes the functions of regions in; gives their numbers. */
  add({ bytes, imports, hostImports, functions }: RegionModule): number[] {
    const { memory, compileModule } = this.options;
    const env: Record<string, unknown> = { memory: memory.wasm, ...hostImports };
    for (const name of imports)
      env[name] = name in floatImports ? this.floats().functions[name as FloatImportName] : this.helpers[name];
    const { exports } = new WebAssembly.Instance(compileModule(bytes), { env });
    return functions.map((_, i) => {
      const number = this.free.pop() ?? this.used++;
      if (number >= this.table.length) this.table.grow(this.table.length);
      this.table.set(number, exports[`run${i}`]);
      return number;
    });
  }

  /** Lets a region go. If one is running, it might be this: it leaves at its next instruction that can. */
  remove(number: number): void {
    this.table.set(number, null);
    this.free.push(number);
    this.leaveSoon();
  }

  /** Has what is running leave: after the call or store that it is at, else in the next round of its loop. */
  leaveSoon(): void {
    if (!this.running) return;
    this.words[EngineState.leave / 4] ||= Leave.Soon;
    this.words[EngineState.limit / 4] = this.words[EngineState.limit / 4 + 1] = 0;
  }

  setEntry(pc: number, number: number, entry: number): void {
    setEntry(this.words, pc, number, entry);
  }

  clearEntries(): void {
    clearEntries(this.words);
  }

  clearEntry(pc: number): void {
    clearEntry(this.words, pc);
  }

  /**
   * Runs from the pc, at instruction `count`, until instruction `deadline` or what the regions cannot do themselves;
   * gives the index of an exit site of region `EngineState.region`, or an `Outcome`.
   */
  run(count: number, deadline: number): number {
    this.deadline = deadline;
    this.grant(count);
    this.words[EngineState.leave / 4] = Leave.No;
    if (this.float && boundsAreStale(this.words, this.options.file)) this.float.functions.refreshFloat();
    this.running = true;
    try {
      return this.driver();
    } finally {
      this.running = false;
    }
  }

  /** Is generated code on the stack? */
  get isRunning(): boolean {
    return this.running;
  }

  /** The number of the region that ran last. */
  get region(): number {
    return this.words[EngineState.region / 4];
  }

  /** The instruction count after `run`, without what an exit site takes back. */
  get count(): number {
    const at = (VCPU_BASE + Vcpu.icount) / 4;
    return (this.words[at] >>> 0) + this.words[at + 1] * 2 ** 32;
  }

  /** After so many changes from region to region `run` comes back with `Outcome.Sample`. */
  sampleAfter(changes: number): void {
    this.words[EngineState.sample / 4] = changes;
  }

  /** Has the host a multiply-add that rounds once? */
  get fused(): boolean {
    return this.floats().fused;
  }

  private floats(): FloatModule {
    const { memory, compileModule, file } = this.options;
    this.float ??= instantiateFloat(memory.wasm, compileModule, file, (code, rounding, a, b, c) => {
      const result = slowFloat(code, rounding, a, b, c);
      this.words[EngineState.floatFlags / 4] = floatState.flags;
      return result;
    });
    return this.float;
  }

  /** Gives generated code its next portion of the slice, from instruction `count` on. */
  private grant(count: number): void {
    const limit = Math.min(this.deadline, count + POLL_INTERVAL);
    this.words[EngineState.limit / 4] = limit;
    this.words[EngineState.limit / 4 + 1] = limit / 2 ** 32;
  }

  private noteFault(): void {
    if (!this.options.memory.fault) return;
    this.words[EngineState.leave / 4] = Leave.Fault;
    this.options.noteFault();
  }

  private learnWindow(address: number, home: number, isStore: boolean): void {
    const { start, end } = this.options.memory.plainAround(address >>> 0, isStore);
    setWindow(this.words, home, start, end);
    this.windows.add(home);
  }

  /** Pages in [start, end) may be plain no longer. What runs may have made sure of them: it leaves at its next instruction. */
  private narrowed(start: number, end: number): void {
    this.leaveSoon();
    for (const home of this.windows) {
      if (!windowOverlaps(this.words, home, start, end)) continue;
      clearWindow(this.words, home);
      this.windows.delete(home);
    }
  }
}
