// What was executed, instruction by instruction, with the memory it accessed and the registers it changed?
//
// Price: eight bytes for each block executed, eight for each access (sixteen with its value) and sixteen for each change
// of a register, written by guest code itself; some ten machine operations each. Text is made on demand only: of the last
// instructions in the view, of all of them from the file by `terrarium trace FILE`.
import { definePlugin, type RegisterReference } from "@terrarium/api";
import {
  ADDRESS_MASK,
  accessWord,
  blockWord,
  changeWord,
  executedInstructions,
  sizeShift,
  storeShift,
  type TracedBlock,
  traceLine,
  valueWord,
} from "./support/execution-trace.ts";
import { traceFooter, traceHeader } from "./support/trace-file.ts";

export default definePlugin({
  name: "execlog",
  version: "1.0.0",
  api: "^1.0",
  license: "MIT",
  description: "Every instruction executed, with its accesses and the registers it changed",
  options: {
    file: { type: "string", description: "Write the whole trace to this file of the output folder" },
    reg: { type: "string", default: "", description: "Registers whose changes are recorded: a0, or a0+sp+ra, or all" },
    values: { type: "boolean", default: false, description: "Record the values of accesses too" },
    start: { type: "address", default: 0n, description: "Trace code from this address on" },
    end: { type: "address", default: (1n << 64n) - 1n, description: "Trace code below this address" },
    last: {
      type: "integer",
      default: 1000,
      minimum: 1,
      maximum: 100_000,
      description: "Instructions to show, the last",
    },
  },
  install(vm, { file, reg, values, start, end, last }) {
    const { address, value, size, isStore, instructions } = vm.values;
    const names = registerNames(reg, vm.registers);
    const registers = names.map((name) => ({
      name: vm.register(name).name,
      value: vm.values.register(name),
      before: vm.counter(`last value of ${name}`),
    }));
    const blocks: TracedBlock[] = [];
    const numbers = new Map<string, number>();
    /** The words of the last instructions: each may have some. */
    const recent = new RecentWords(16 * last + 1024);
    const output = file === undefined ? undefined : vm.file(file);
    output?.write(traceHeader);

    const trace = vm.buffer("trace", {
      fields: { word: "u64" },
      capacity: 1 << 17,
      deliver: ({ columns: { word } }) => {
        output?.write(new Uint8Array(word.buffer, word.byteOffset, word.byteLength));
        recent.add(word);
      },
    });

    const access = address.and(ADDRESS_MASK).or(size.bitLength().sub(1).shl(sizeShift)).or(isStore.shl(storeShift));
    const count = instructions.and(0xffff_ffff);

    vm.onTranslate((tb) => {
      if (tb.vaddr < start || tb.vaddr >= end) return;
      const block = {
        instructions: tb.instructions.map(({ vaddr, size: length, bits, disassembly }) => ({
          pc: vaddr,
          size: length,
          bits,
          disassembly,
        })),
      };
      const key = block.instructions.map(({ pc, bits }) => `${pc} ${bits}`).join();
      const number = numbers.get(key) ?? blocks.push(block) - 1;
      numbers.set(key, number);
      tb.inline.append(trace, { word: count.or(blockWord(number)) });
      for (const insn of tb.instructions) {
        const { index } = insn;
        insn.memoryInline.append(trace, { word: access.or(accessWord(index)) });
        if (values) {
          insn.memoryInline.append(trace, { word: valueWord(index) });
          insn.memoryInline.append(trace, { word: value });
        }
        registers.forEach(({ name, value: now, before }, number) => {
          if (insn.mnemonic === "ecall")
            insn.onExecuted(
              (_vcpu, [result]) => {
                if (result === before.value) return;
                before.value = result;
                trace.append({ word: changeWord(index, number) });
                trace.append({ word: result });
              },
              { registers: [names[number]] },
            );
          else if (insn.writes.some((written) => written.name === name)) {
            const isNew = { when: now.ne(before) };
            insn.inlineAfter.append(trace, { word: changeWord(index, number) }, isNew);
            insn.inlineAfter.append(trace, { word: now }, isNew);
            insn.inlineAfter.set(before, now);
          }
        });
      }
    });

    const table = () => ({
      blocks,
      registers: registers.map(({ name }) => name),
      end: vm.vcpus[0].instructionCount,
    });
    vm.onExit(() => output?.write(traceFooter(table(), 8 * trace.appended)));
    vm.views.log("Last instructions executed", () => {
      const lines: { text: string; address: bigint }[] = [];
      for (const insn of executedInstructions(recent.words(), table()))
        lines.push({ text: traceLine(insn), address: insn.pc });
      return lines.slice(-last);
    });
    vm.views.table("Trace", () => [{ words: trace.appended, bytes: 8 * trace.appended, blocks: blocks.length }], {
      columns: { words: "integer", bytes: "integer", blocks: "integer" },
    });
  },
});

/** A wrong name is an error of `vm.register`, which lists those that it resembles. */
function registerNames(
  reg: string,
  known: readonly { readonly name: string; readonly group: string }[],
): RegisterReference[] {
  const names =
    reg === "all"
      ? known.filter(({ group }) => group === "integer" || group === "float").map(({ name }) => name)
      : reg.split("+").filter((name) => name !== "");
  return names as RegisterReference[];
}

/** The last words of a trace. */
class RecentWords {
  private readonly kept: BigUint64Array;
  private end = 0;
  private isFull = false;

  constructor(length: number) {
    this.kept = new BigUint64Array(length);
  }

  add(words: BigUint64Array): void {
    const { kept } = this;
    const added = words.length > kept.length ? words.subarray(words.length - kept.length) : words;
    const room = kept.length - this.end;
    kept.set(added.subarray(0, room), this.end);
    if (added.length >= room) {
      kept.set(added.subarray(room), 0);
      this.isFull = true;
    }
    this.end = (this.end + added.length) % kept.length;
  }

  words(): BigUint64Array {
    const { kept, end, isFull } = this;
    if (!isFull) return kept.slice(0, end);
    const words = new BigUint64Array(kept.length);
    words.set(kept.subarray(end), 0);
    words.set(kept.subarray(0, end), kept.length - end);
    return words;
  }
}
