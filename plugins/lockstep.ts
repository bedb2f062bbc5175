// Where do two runs of the program first differ: this one, and a second one on another engine?
//
// The second run is given the same answers from outside. After every `interval` instructions all registers are compared,
// and the memory that this run has written since. When they differ, the first instruction that left something else is
// looked for: this run's instructions of the interval have been recorded with what they wrote, and a new second run goes
// through the interval beside that record: in strides, which are halved where the two part.
//
// Price: the second run, one record per instruction of this one, and a comparison per block. Memory that only the
// second run has written is not looked at until this run writes there.
import { definePlugin, type RegisterName } from "@terrarium/api";

/** What instructions wrote. Registers by their place in `vm.registers`, from 1; 0: none. */
interface Trace {
  /** Instructions begun, the writer included: the low 32 bits. */
  readonly at: Uint32Array;
  readonly pc: BigUint64Array;
  readonly register: Uint8Array;
  readonly value: BigUint64Array;
}

const hex = (value: bigint | undefined) => (value === undefined ? "unknown" : `0x${value.toString(16)}`);

export default definePlugin({
  name: "lockstep",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "The first instruction at which two runs of the program differ",
  companion: true,
  options: {
    engine: {
      type: "string",
      default: "interpreter",
      choices: ["interpreter", "jit", "auto"],
      description: "The engine of the second run",
    },
    interval: {
      type: "integer",
      default: 10_000,
      minimum: 10,
      maximum: 1_000_000,
      description: "Instructions between two comparisons",
    },
    stop: { type: "boolean", default: false, description: "Stop the program when the runs differ" },
  },
  install(vm, { engine, interval, stop }) {
    const infos = vm.registers;
    const names = infos.map(({ name }) => name as RegisterName);
    const pcAt = names.indexOf("pc");
    const { values } = vm;
    const [cpu] = vm.vcpus;
    const second = vm.companion({ engine });
    /** The comparison comes in the first block beyond so many instructions. */
    const due = vm.counter("next comparison");
    due.value = BigInt(interval);

    const disassembly = new Map<bigint, string>();
    /** Since the last comparison. */
    let traces: Trace[] = [];
    /** Pages that this run has written to since the last comparison. */
    let pages = new Set<number>();
    /** At the last comparison: instructions executed, and all registers. */
    let equal = { instructions: 0n, registers: names.map((name) => cpu.register(name)) };
    let comparisons = 0;
    /** Addresses of system calls. */
    const calls = new Set<bigint>();
    let outcome: string | undefined;
    const different: { what: string; "first run": string; "second run": string }[] = [];
    const culprit: { instruction: string; pc: bigint; after: bigint }[] = [];

    const writes = vm.buffer("writes", {
      fields: { at: "u32", pc: "u64", register: "u8", value: "u64" },
      deliver: ({ columns: { at, pc, register, value } }) => {
        if (outcome === undefined)
          traces.push({ at: at.slice(), pc: pc.slice(), register: register.slice(), value: value.slice() });
      },
    });
    const pageShift = Math.log2(vm.info.pageSize);
    const stores = vm.buffer("stores", {
      fields: { page: "u32" },
      deliver: ({ length, columns }) => {
        for (let i = 0; i < length; i++) pages.add(columns.page[i]);
      },
    });

    const translating = vm.onTranslate((tb) => {
      tb.onExecute((vcpu) => compare(vcpu.instructionCount - 1n), { when: values.instructions.gt(due.add(1)) });
      for (const insn of tb.instructions) {
        const { vaddr } = insn;
        if (!disassembly.has(vaddr)) disassembly.set(vaddr, insn.disassembly);
        const written = insn.writes.map(({ name }) => names.indexOf(name as RegisterName));
        // What a system call leaves is compared at the next comparison.
        if (insn.kind !== "system")
          for (const register of written)
            insn.inlineAfter.append(writes, {
              at: values.instructions,
              pc: vaddr,
              register: register + 1,
              value: values.register(names[register]),
            });
        if (written.length === 0 || insn.kind === "system")
          insn.inline.append(writes, { at: values.instructions, pc: vaddr });
        insn.memoryInline.append(stores, { page: values.address.shr(pageShift) }, { filter: "stores" });
      }
    });

    /** This run has executed so many instructions, and stands before the next. */
    const compare = (instructions: bigint) => {
      if (outcome !== undefined) return;
      writes.flush();
      stores.flush();
      comparisons++;
      second.runTo(instructions);
      const registers = names.map((name) => cpu.register(name));
      registers.forEach((value, i) => {
        const other = second.register(names[i]);
        if (value !== other) different.push({ what: names[i], "first run": hex(value), "second run": hex(other) });
      });
      compareMemory();
      if (different.length > 0) parted(instructions);
      equal = { instructions, registers };
      due.value = instructions + BigInt(interval);
      traces = [];
      pages = new Set();
    };

    const compareMemory = () => {
      const size = vm.info.pageSize;
      for (const page of pages) {
        const start = BigInt(page) << BigInt(pageShift);
        const [here, there] = [vm.memory.read(start, size), second.read(start, size)];
        if (!here.ok) continue;
        const at = there.ok ? here.bytes.findIndex((byte, i) => byte !== there.bytes[i]) : 0;
        if (at < 0) continue;
        const [a, b] = [hex(BigInt(here.bytes[at])), there.ok ? hex(BigInt(there.bytes[at])) : there.reason];
        different.push({ what: `memory at ${hex(start + BigInt(at))}`, "first run": a, "second run": b });
      }
    };

    /** The runs differ after so many instructions. */
    const parted = (instructions: bigint) => {
      const first = firstDifference(instructions);
      const between = `between ${equal.instructions} and ${instructions} instructions`;
      if (first) {
        const instruction = disassembly.get(first.pc) ?? "";
        culprit.push({ instruction, pc: first.pc, after: first.count });
        outcome = `the runs differ from instruction ${first.count} on: ${hex(first.pc)} ${instruction}`;
      } else outcome = `the runs differ ${between}, by nothing that one instruction wrote to a register`;
      vm.log(outcome, "error");
      translating.cancel();
      if (stop) vm.stop(outcome);
    };

    /** The first instruction of the interval after which a register is not what it is in a second run. */
    const firstDifference = (last: bigint) => {
      const begun = equal.instructions;
      const trace = joined(traces);
      const count = (i: number) => begun + BigInt((trace.at[i] - Number(BigInt.asUintN(32, begun))) >>> 0);
      const length = trace.at.length;
      if (length === 0 || last === begun) return undefined;
      /** Does it differ after the record? The registers are those of the last comparison, and what was written since. */
      const differs = (run: ReturnType<typeof vm.companion>, registers: readonly bigint[]) =>
        registers.some((value, i) => i !== pcAt && value !== run.register(names[i]));
      let from = 0;
      let registers = [...equal.registers];
      // A run does not go back: each round begins with a new one, at the start of a stretch that ends differently.
      for (let stride = Math.max(1, Math.ceil(length / 64)); ; stride = Math.ceil(stride / 8)) {
        const run = vm.companion({ engine });
        let state = [...registers];
        let next = from;
        let found = false;
        while (next < length && !found) {
          [from, registers] = [next, [...state]];
          // Records of one instruction stay together.
          let end = Math.min(next + stride, length);
          while (end < length && trace.at[end] === trace.at[end - 1]) end++;
          for (let i = next; i < end; i++) if (trace.register[i] > 0) state[trace.register[i] - 1] = trace.value[i];
          run.runTo(count(end - 1));
          // What system calls left is not recorded: the second run was told the same.
          if (trace.pc.subarray(next, end).some((pc) => calls.has(pc))) state = names.map((name) => run.register(name));
          const isElsewhere = end < length && trace.pc[end] !== run.register("pc");
          found = isElsewhere || differs(run, state);
          next = end;
        }
        if (!found) return undefined;
        if (stride === 1) return { pc: trace.pc[next - 1], count: count(next - 1) };
      }
    };

    vm.onSyscall(({ pc }) => void calls.add(pc));

    vm.onExit(({ status }) => {
      if (status === undefined) return;
      const instructions = cpu.instructionCount;
      compare(instructions);
      if (outcome === undefined && !second.ended) {
        outcome = `this run ended after ${instructions} instructions, the second did not`;
        vm.log(outcome, "error");
      }
    });

    vm.views.table(
      "Lockstep",
      () => [{ result: outcome ?? `no divergence in ${equal.instructions} instructions`, engine, comparisons }],
      { columns: { result: "text", engine: "text", comparisons: "integer" } },
    );
    vm.views.table("First difference", () => culprit, {
      columns: { pc: "address", instruction: "text", after: "integer" },
    });
    vm.views.table("Differences", () => different, {
      columns: { what: "text", "first run": "text", "second run": "text" },
    });
  },
});

function joined(traces: readonly Trace[]): Trace {
  const length = traces.reduce((sum, { at }) => sum + at.length, 0);
  const all = {
    at: new Uint32Array(length),
    pc: new BigUint64Array(length),
    register: new Uint8Array(length),
    value: new BigUint64Array(length),
  };
  let begin = 0;
  for (const { at, pc, register, value } of traces) {
    all.at.set(at, begin);
    all.pc.set(pc, begin);
    all.register.set(register, begin);
    all.value.set(value, begin);
    begin += at.length;
  }
  return all;
}
