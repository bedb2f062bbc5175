// Makes the functions that generated code calls from the callbacks of a plugin, and checks what is asked for.
import type {
  ExecuteCallback,
  ExecuteOptions,
  MemoryCallback,
  MemoryOptions,
  Operand,
  RegisterReference,
  Vcpu,
} from "../../plugins/api/index.ts";
import { hostCall } from "../ir/host-call.ts";
import type { RegisterIndex } from "../ir/types.ts";
import { CALLED_BY_GUEST, Control, VCPU_BASE, Vcpu as VcpuLayout } from "../machine/layout.ts";
import type { Call, MemoryCall } from "./block-plan.ts";
import { type AnyCallback, type CallbackTally, EntryPool, type EvaluateInRealm } from "./callback-entries.ts";
import { nodeOf } from "./expressions.ts";
import { suggestion } from "./nearest.ts";
import type { RegisterLookup } from "./register-lookup.ts";

/** What the callbacks need of their plugin and the machine. */
export interface CallbackOwner {
  readonly index: number;
  readonly name: string;
  readonly tally: CallbackTally;
  now(): number;
  /** Removes the plugin because of what it threw. */
  failed(error: unknown, where: string): void;
}

type Executed = ExecuteCallback<readonly RegisterReference[], RegisterReference, boolean>;
type Accessed = MemoryCallback<readonly RegisterReference[]>;

export class PluginCallbacks {
  private readonly lookup: RegisterLookup;
  private readonly registers: BigUint64Array;
  private readonly entries: EntryPool;

  constructor(
    owner: CallbackOwner,
    lookup: RegisterLookup,
    vcpu: Vcpu,
    buffer: ArrayBufferLike,
    evaluate: EvaluateInRealm | undefined,
  ) {
    this.lookup = lookup;
    this.registers = new BigUint64Array(buffer, VCPU_BASE, VcpuLayout.scratch / 8);
    const context = {
      pluginName: owner.name,
      vcpu,
      control: new Int32Array(buffer, 0, 16),
      markAt: Control.plugin / 4,
      mark: (1 + owner.index) | CALLED_BY_GUEST,
      registers: this.registers,
      args: new BigUint64Array(buffer, VCPU_BASE + VcpuLayout.args, 2),
      tally: owner.tally,
      now: () => owner.now(),
      failed: (error: unknown, where: string) => owner.failed(error, where),
    };
    this.entries = new EntryPool(context, evaluate);
  }

  execute(
    method: string,
    callback: Executed,
    options: ExecuteOptions<readonly RegisterReference[], RegisterReference, boolean>,
  ): Call {
    requireFunction(callback, method);
    const reads = (options.registers ?? []).map((name) => this.lookup.index(name));
    const writable = new Map((options.writes ?? []).map((name) => [name as string, this.lookup.writableIndex(name)]));
    const setsPc = options.setPc === true;
    const written = (result: unknown) => {
      if (result) this.writeBack(result as Parameters<PluginCallbacks["writeBack"]>[0], writable, setsPc);
    };
    const called = callback as AnyCallback;
    const { execute, executeWith } = this.entries.for(called, method);
    const mayChange = writable.size > 0 || setsPc;
    return {
      kind: "call",
      when: checkedCondition(options.when),
      reads,
      writes: [...writable.values()],
      setsPc,
      callback:
        reads.length === 0 && !mayChange
          ? hostCall(execute, called)
          : hostCall(executeWith, called, reads, mayChange ? written : undefined),
    };
  }

  memory(callback: Accessed, options: MemoryOptions<readonly RegisterReference[]>): Omit<MemoryCall, "when"> {
    requireFunction(callback, "onMemory");
    const reads = (options.registers ?? []).map((name) => this.lookup.index(name));
    const called = callback as AnyCallback;
    const { memory, memoryWith } = this.entries.for(called, "onMemory");
    return {
      kind: "call",
      reads,
      callbackFor: (shape) =>
        reads.length === 0 ? hostCall(memory, called, shape) : hostCall(memoryWith, called, shape, reads),
    };
  }

  /** The plugin is removed: no callback of it is called any more, not even by code that is still running. */
  close(): void {
    this.entries.close();
  }

  private writeBack(
    result: { readonly [name: string]: bigint | undefined },
    writable: ReadonlyMap<string, RegisterIndex>,
    setsPc: boolean,
  ): void {
    for (const [name, value] of Object.entries(result)) {
      const isPc = setsPc && name === "pc";
      const index = writable.get(name);
      if (index === undefined && !isPc)
        throw new Error(
          name === "pc"
            ? "the callback returned a new `pc`, which its subscription does not declare: { setPc: true }"
            : `the callback returned a value for "${name}", which its \`writes\` does not name${suggestion(name, [...writable.keys()])}`,
        );
      if (value === undefined) continue;
      if (typeof value !== "bigint") throw new TypeError(`the new value of "${name}" must be a bigint`);
      if (index !== undefined) this.registers[index] = value;
      else {
        this.registers[VcpuLayout.redirect / 8] = value;
        this.registers[VcpuLayout.redirected / 8] = 1n;
      }
    }
  }
}

function checkedCondition(when: Operand | undefined): Operand | undefined {
  if (when !== undefined) nodeOf(when);
  return when;
}

/** @throws TypeError, so that the mistake is told where it was made. */
export function requireFunction(callback: unknown, method: string): void {
  if (typeof callback !== "function") throw new TypeError(`${method} needs a function`);
}
