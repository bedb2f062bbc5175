// What the types of the API let through, and what not: checked by the compiler alone (`npm run typecheck`). A line after
// `@ts-expect-error` must not compile.
import { definePlugin, event, type RegisterName, type SyscallName, use } from "./index.ts";

function same<A>() {
  return <B>(..._proof: [A] extends [B] ? ([B] extends [A] ? [] : ["differ"]) : ["differ"]) => {};
}

// Options: values follow from their declarations.
definePlugin({
  name: "options",
  version: "1.0.0",
  options: {
    limit: { type: "integer", default: 20, minimum: 1, description: "Rows" },
    ratio: { type: "number", description: "Ratio" },
    mode: { type: "string", choices: ["r", "w"], default: "r", description: "Mode" },
    label: { type: "string", description: "Label" },
    quiet: { type: "boolean", default: false, description: "Quiet" },
    from: { type: "address", description: "From" },
  },
  install(_vm, options) {
    same<number>()<typeof options.limit>();
    same<number | undefined>()<typeof options.ratio>();
    same<"r" | "w">()<typeof options.mode>();
    same<string | undefined>()<typeof options.label>();
    same<boolean>()<typeof options.quiet>();
    same<bigint | undefined>()<typeof options.from>();
    // @ts-expect-error: it is a number
    same<string>()<typeof options.limit>();
    // @ts-expect-error: there is no such option
    void options.limt;
    // @ts-expect-error: options are not changed
    options.limit = 5;
  },
});
definePlugin({
  name: "options",
  version: "1.0.0",
  // @ts-expect-error: a description is missing
  options: { limit: { type: "integer" } },
  install() {},
});
definePlugin({
  name: "options",
  version: "1.0.0",
  // @ts-expect-error: the default is no string
  options: { label: { type: "string", default: 5, description: "Label" } },
  install() {},
});
// @ts-expect-error: a version is missing
definePlugin({ name: "nothing", install() {} });
// @ts-expect-error: there is no such field
definePlugin({ name: "licence", version: "1.0.0", licence: "MIT", install() {} });

// Events, and what they carry.
const library = definePlugin({
  name: "library",
  version: "1.0.0",
  events: {
    call: event<{ from: bigint; to: bigint }>("A function was called"),
    tick: event<undefined>("Time has passed"),
  },
  install(vm) {
    vm.events.call.emit({ from: 1n, to: 2n });
    vm.events.tick.emit(undefined);
    // @ts-expect-error: not what the event carries
    vm.events.call.emit({ from: 1, to: 2n });
    // @ts-expect-error: a part is missing
    vm.events.call.emit({ from: 1n });
    // @ts-expect-error: no such event
    vm.events.cal.emit({ from: 1n, to: 2n });
    return {
      depth: (vcpu: number) => vcpu + 1,
      name: () => "main",
    };
  },
});

// Plugins that are used: their exports and events across files.
definePlugin({
  name: "user",
  version: "1.0.0",
  uses: { library: use<typeof library>("^1.0") },
  install(_vm, _options, { library: used }) {
    same<number>()<ReturnType<typeof used.exports.depth>>();
    used.on("call", ({ from, to }) => {
      same<bigint>()<typeof from>();
      same<bigint>()<typeof to>();
    });
    // @ts-expect-error: no such export
    used.exports.dept(0);
    // @ts-expect-error: an argument of another type
    used.exports.depth("0");
    // @ts-expect-error: no such event
    used.on("cal", () => {});
    // @ts-expect-error: not what the event carries
    used.on("call", (payload: { from: string }) => payload);
  },
});
definePlugin({
  name: "user",
  version: "1.0.0",
  uses: { library: use<typeof library>("^1.0") },
  install(_vm, _options, used) {
    // @ts-expect-error: it is not declared as used
    void used.other;
  },
});

// Registers, buffers, expressions, system calls.
definePlugin({
  name: "guest",
  version: "1.0.0",
  install(vm) {
    same<"a0" extends RegisterName<"riscv64"> ? true : false>()<true>();
    vm.register("a0");
    vm.register("argument 0");
    // @ts-expect-error: no register of any guest
    vm.register("a9");
    // @ts-expect-error: no role
    vm.register("argument");
    vm.vcpus[0].register("x10");
    // @ts-expect-error: a number is no register value
    vm.vcpus[0].setRegister("a0", 5);

    vm.onTranslate((tb) => {
      tb.onExecute((_vcpu, registers) => same<readonly [bigint, bigint]>()<typeof registers>(), {
        registers: ["a0", "sp"],
      });
      tb.onExecute(() => ({ a0: 1n }), { writes: ["a0"] });
      tb.onExecute(() => ({ pc: 1n }), { setPc: true });
      // @ts-expect-error: a1 is not among those that it writes
      tb.onExecute(() => ({ a1: 1n }), { writes: ["a0"] });
      // @ts-expect-error: no register
      tb.onExecute(() => {}, { registers: ["q0"] });
      const [insn] = tb.instructions;
      // @ts-expect-error: an instruction that has been executed goes nowhere else
      insn.onExecuted(() => {}, { setPc: true });
      // @ts-expect-error: loads or stores
      insn.onMemory(() => {}, { filter: "reads" });
      // @ts-expect-error: handles are only looked at
      insn.vaddr = 5n;

      const { address, register } = vm.values;
      const counter = vm.counter("counter");
      insn.inline.add(counter, register("a0").shr(3).add(1n));
      insn.inline.add(counter, 1, { when: counter.lt(10) });
      // @ts-expect-error: text is no operand
      insn.inline.add(counter, "1");
      // @ts-expect-error: an expression is no place
      insn.inline.add(address, 1);
      // @ts-expect-error: a comparison of JavaScript is no condition
      insn.inline.add(counter, 1, { when: counter.value > 5n });
      // @ts-expect-error: only accesses have a direction
      insn.inline.add(counter, 1, { filter: "loads" });

      const buffer = vm.buffer("accesses", {
        fields: { pc: "u64", size: "u8" },
        deliver({ columns, length }) {
          same<BigUint64Array>()<typeof columns.pc>();
          same<Uint8Array>()<typeof columns.size>();
          same<number>()<typeof length>();
          // @ts-expect-error: no such field
          void columns.address;
        },
      });
      insn.memoryInline.append(buffer, { pc: address, size: 8 });
      // @ts-expect-error: no such field
      insn.memoryInline.append(buffer, { address });
      // @ts-expect-error: no type of fields
      vm.buffer("wrong", { fields: { pc: "u128" }, deliver() {} });
    });

    const cache = vm.scoreboard("cache", ["hits", "misses"]);
    void cache.hits.value;
    // @ts-expect-error: no such field
    void cache.hit;

    vm.onSyscall(({ name }) => {
      same<SyscallName | undefined>()<typeof name>();
      const isWrite = name === "write";
      // @ts-expect-error: there is no such system call
      const isWrote = name === "wrote";
      return void [isWrite, isWrote];
    });
    // @ts-expect-error: a result is a bigint
    vm.filterSyscalls(() => 0);
    // @ts-expect-error: no kind of column
    vm.views.table("table", () => [], { columns: { pc: "hex" } });
    // @ts-expect-error: an object is no cell
    vm.views.table("table", () => [{ pc: {} }]);
    // @ts-expect-error: no engine
    vm.companion({ engine: "qemu" });
  },
});
