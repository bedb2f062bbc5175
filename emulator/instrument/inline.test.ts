// Inline operations, records and edges give what callbacks compute, on every engine and every fixture at hand.
import assert from "node:assert/strict";
import { test } from "node:test";
import { definePlugin, type Vm } from "../../plugins/api/index.ts";
import type { EngineKind } from "../machine/api.ts";
import { testMachine } from "../machine/testing/test-machine.ts";
import { PluginHost } from "./plugin-host.ts";

const programs = ["reference/accesses.elf", "reference/faults.elf", "reference/mixed.elf"];
const engines: readonly EngineKind[] = ["interpreter", "auto", "jit"];
const mask64 = (1n << 64n) - 1n;

/** Runs a plugin over a program; `install` gives what is looked at in the end. */
function run<Result>(program: string, engine: EngineKind, install: (vm: Vm) => () => Result, limit = 500_000): Result {
  const machine = testMachine(program, { engine });
  const log: string[] = [];
  const host = new PluginHost(machine, { programPath: program, log: (...line) => log.push(line.join(" ")) });
  let result: (() => Result) | undefined;
  const definition = definePlugin({
    name: "test",
    version: "1.0.0",
    install: (vm) => {
      result = install(vm as unknown as Vm);
    },
  });
  host.install({ definition }, {}, "test");
  while (machine.instructionCount() < limit && machine.run(limit).kind !== "exited");
  host.views();
  assert.deepEqual(log, []);
  assert.ok(result);
  return result();
}

function everywhere(name: string, body: (program: string, engine: EngineKind) => void): void {
  for (const program of programs)
    for (const engine of engines) test(`${name}: ${program} on ${engine}`, () => body(program, engine));
}

const rotated = (value: bigint) => BigInt.asUintN(64, (value << 32n) | (value >> 32n));

everywhere("operations on addresses and values of accesses", (program, engine) => {
  const { inline, called } = run(program, engine, (vm) => {
    const { address, value, size, isStore } = vm.values;
    const counter = (name: string) => vm.counter(name);
    const cells = {
      sum: counter("sum"),
      bytes: counter("bytes"),
      smallest: counter("smallest"),
      largest: counter("largest"),
      bits: counter("bits"),
      parity: counter("parity"),
      digest: counter("digest"),
      last: counter("last"),
      stores: counter("stores"),
      high: counter("high"),
      ranged: counter("ranged"),
    };
    cells.smallest.value = mask64;
    const pages = vm.array("pages", 64);
    const sizes = vm.histogram("sizes", { buckets: 5 });
    const lengths = vm.histogram("lengths", { buckets: 65, width: "log2" });
    const spread = vm.histogram("spread", { buckets: 8, width: 4096, from: 0x11000 });
    const range = { start: 0x11000n, end: 0x12000n };
    const expected: Record<keyof typeof cells, bigint> = Object.fromEntries(
      Object.keys(cells).map((name) => [name, 0n]),
    ) as Record<keyof typeof cells, bigint>;
    expected.smallest = mask64;
    const arrays = { pages: Array(64).fill(0n), sizes: Array(5).fill(0n), lengths: Array(65).fill(0n) };
    const spreadExpected: bigint[] = Array(8).fill(0n);
    vm.onTranslate((tb) => {
      for (const insn of tb.instructions) {
        const ops = insn.memoryInline;
        ops.add(cells.sum, value);
        ops.add(cells.bytes, size);
        ops.min(cells.smallest, address);
        ops.max(cells.largest, address);
        ops.or(cells.bits, value);
        ops.xor(cells.parity, value.mul(3).add(address.shr(2)));
        ops.hash(cells.digest, address.xor(value));
        ops.set(cells.last, address.sub(1));
        ops.add(cells.stores, 1, { filter: "stores" });
        ops.add(cells.high, isStore.select(2, 1), { when: value.gt(1000) });
        ops.add(cells.ranged, 1, { range });
        ops.add(pages.at(address.shr(12)), 1);
        ops.count(sizes, size);
        ops.count(lengths, value);
        ops.count(spread, address);
        insn.onMemory(({ vaddr, value: bits, size: bytes, isStore: stores }) => {
          expected.sum = (expected.sum + bits) & mask64;
          expected.bytes += BigInt(bytes);
          if (vaddr < expected.smallest) expected.smallest = vaddr;
          if (vaddr > expected.largest) expected.largest = vaddr;
          expected.bits |= bits;
          expected.parity ^= (bits * 3n + (vaddr >> 2n)) & mask64;
          expected.digest = rotated(((expected.digest ^ vaddr ^ bits) * 0x9e3779b97f4a7c15n) & mask64);
          expected.last = vaddr - 1n;
          if (stores) expected.stores++;
          if (bits > 1000n) expected.high += stores ? 2n : 1n;
          if (vaddr >= range.start && vaddr < range.end) expected.ranged++;
          arrays.pages[Number(vaddr >> 12n) & 63]++;
          arrays.sizes[Math.min(bytes, 4)]++;
          arrays.lengths[bits.toString(2).length - (bits === 0n ? 1 : 0)]++;
          const bucket = vaddr < 0x11000n ? 0 : Number((vaddr - 0x11000n) >> 12n);
          spreadExpected[Math.min(bucket, 7)]++;
        });
      }
    });
    return () => ({
      inline: {
        ...Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, cell.value])),
        pages: [...pages.values()],
        sizes: sizes.entries().map(([, count]) => count),
        lengths: lengths.entries().map(([, count]) => count),
        spread: spread.entries().map(([, count]) => count),
      },
      called: { ...expected, ...arrays, spread: spreadExpected },
    });
  });
  assert.deepEqual(inline, called);
  assert.ok(inline.sizes.some((count) => count > 0n));
});

everywhere("registers before and after, and the instruction count", (program, engine) => {
  const { inline, called } = run(program, engine, (vm) => {
    const a5 = vm.values.register("a5");
    const { instructions } = vm.values;
    const before = vm.counter("before");
    const after = vm.counter("after");
    const moments = vm.counter("moments");
    const late = vm.counter("late");
    const called = { before: 0n, after: 0n, moments: 0n, late: 0n };
    const step = (digest: bigint, value: bigint) => rotated(((digest ^ value) * 0x9e3779b97f4a7c15n) & mask64);
    vm.onTranslate((tb) => {
      for (const insn of tb.instructions) {
        insn.inline.hash(before, a5);
        insn.inline.add(moments, instructions);
        insn.inline.add(late, 1, { when: instructions.gt(40) });
        insn.onExecute(
          (vcpu, [value]) => {
            called.before = step(called.before, value);
            called.moments = (called.moments + vcpu.instructionCount) & mask64;
            if (vcpu.instructionCount > 40n) called.late++;
          },
          { registers: ["a5"] },
        );
        if (insn.mnemonic === "ecall") continue;
        insn.inlineAfter.hash(after, a5);
        insn.onExecuted(
          (_vcpu, [value]) => {
            called.after = step(called.after, value);
          },
          { registers: ["a5"] },
        );
      }
    });
    return () => ({
      inline: { before: before.value, after: after.value, moments: moments.value, late: late.value },
      called,
    });
  });
  assert.deepEqual(inline, called);
});

everywhere("where the guest goes on after an instruction", (program, engine) => {
  const { inline, called, count } = run(program, engine, (vm) => {
    const digest = vm.counter("digest");
    // The run may end between two instructions: what counts is what is known at the last one that began.
    let [inline, called, count, ended] = [0n, 0n, 0, false];
    vm.onTranslate((tb) => {
      for (const insn of tb.instructions) {
        const pc = insn.vaddr;
        insn.onExecute(() => {
          if (!ended) return;
          called = rotated(((called ^ pc) * 0x9e3779b97f4a7c15n) & mask64);
          inline = digest.value;
          count++;
          ended = false;
        });
        if (insn.mnemonic === "ecall") continue;
        insn.inlineAfter.hash(digest, vm.values.next);
        insn.onExecuted(() => {
          ended = true;
        });
      }
    });
    return () => ({ inline, called, count });
  });
  assert.equal(inline, called);
  assert.ok(count > 20);
});

everywhere("records", (program, engine) => {
  const { recorded, called, appended } = run(program, engine, (vm) => {
    const { address, value, instructions } = vm.values;
    const recorded: string[] = [];
    const called: string[] = [];
    let count = 0;
    const keep = (list: string[], text: string) => {
      if (count++ < 200_000) list.push(text);
    };
    const trace = vm.buffer("trace", {
      fields: { pc: "u32", address: "u64", value: "u16", at: "u64" },
      capacity: 1024,
      deliver: ({ length, first, columns }) => {
        for (let i = 0; i < length; i++)
          keep(recorded, `${first + i} ${columns.pc[i]} ${columns.address[i]} ${columns.value[i]} ${columns.at[i]}`);
      },
    });
    let number = 0;
    vm.onTranslate((tb) => {
      tb.inline.append(trace, { pc: tb.vaddr });
      const start = tb.vaddr;
      tb.onExecute(() => keep(called, `${number++} ${start} 0 0 0`));
      for (const insn of tb.instructions) {
        const pc = insn.vaddr;
        insn.memoryInline.append(trace, { pc, address, value, at: instructions });
        insn.onMemory(({ vaddr, value: bits }, vcpu) =>
          keep(called, `${number++} ${pc} ${vaddr} ${bits & 0xffffn} ${vcpu.instructionCount}`),
        );
      }
    });
    return () => ({ recorded, called, appended: trace.appended - number });
  });
  assert.equal(appended, 0);
  const length = Math.min(recorded.length, called.length);
  assert.ok(length > 10);
  assert.deepEqual(recorded.slice(0, length), called.slice(0, length));
});

everywhere("edges", (program, engine) => {
  const { edges, called } = run(program, engine, (vm) => {
    const flow = vm.edges("flow");
    const called = new Map<string, bigint>();
    let last: bigint | undefined;
    vm.onTranslate((tb) => {
      tb.inline.edge(flow);
      const to = tb.vaddr;
      tb.onExecute(() => {
        if (last !== undefined) called.set(`${last} ${to}`, (called.get(`${last} ${to}`) ?? 0n) + 1n);
      });
      const end = tb.instructions[tb.instructions.length - 1];
      const pc = end.vaddr;
      end.onExecute(() => {
        last = pc;
      });
    });
    return () => ({ edges: flow.entries(), called });
  });
  const inline = new Map(edges.map(({ from, to, count }) => [`${from} ${to}`, count]));
  assert.deepEqual(new Map([...inline].sort()), new Map([...called].sort()));
});

test("a callback may be called only when a register, a counter or a value says so, and may send the guest elsewhere", () => {
  for (const engine of engines) {
    const seen = run(
      "reference/mixed.elf",
      engine,
      (vm) => {
        const { value } = vm.values;
        const a0 = vm.values.register("argument 0");
        const blocks = vm.counter("blocks");
        const seen = { small: 0, wrong: 0, late: 0, zeros: 0, skipped: 0 };
        vm.onTranslate((tb) => {
          tb.inline.add(blocks, 1);
          tb.onExecute(() => void seen.late++, { when: blocks.gt(2_000_000) });
          for (const insn of tb.instructions) {
            insn.onExecute((_vcpu, [n]) => void (n < 2n ? seen.small++ : seen.wrong++), {
              registers: ["a0"],
              when: a0.lt(2),
            });
            insn.onMemory(({ value: bits }) => void (bits === 0n ? seen.zeros++ : seen.wrong++), { when: value.eq(0) });
            if (insn.kind === "system")
              insn.onExecute(
                (_vcpu, [number]) => {
                  if (number !== 64n) return {};
                  seen.skipped++;
                  return { pc: next, a0: 17n };
                },
                { registers: ["a7"], writes: ["a0"], setPc: true },
              );
            const next = insn.vaddr + BigInt(insn.size);
          }
        });
        return () => ({ ...seen, blocks: blocks.value });
      },
      20_000_000,
    );
    assert.equal(seen.wrong, 0);
    assert.deepEqual([seen.late, seen.blocks, seen.skipped], [61_809, 2_061_809n, 1]);
    assert.ok(seen.small > 0 && seen.zeros > 0);
  }
});

test("counters are told apart by their keys, as a map tells them; a name stands for one counter", () => {
  run("reference/accesses.elf", "interpreter", (vm) => {
    const family = vm.counters<bigint | number | string>("n");
    const others = [family.at(1n), family.at(1), family.at("1"), vm.counter("n[1]"), vm.scoreboard("n", ["1"])["1"]];
    others.forEach((counter, i) => {
      counter.value = BigInt(i + 1);
    });
    assert.deepEqual(
      others.map(({ value }) => value),
      [1n, 2n, 3n, 4n, 5n],
    );
    vm.counter("same").value = 7n;
    assert.equal(vm.counter("same").value, 7n);
    return () => undefined;
  });
});
