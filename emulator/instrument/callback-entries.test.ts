// The functions that generated code calls for callbacks, in this realm and in one of the plugin's own.
import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import type { MemoryAccess, Vcpu } from "../../plugins/api/index.ts";
import { type AnyCallback, type Entries, EntryPool, type EvaluateInRealm } from "./callback-entries.ts";

const MARK = 7;
const shape = { size: 2, isStore: false, isSigned: true };

function scene(evaluate: EvaluateInRealm | undefined) {
  const failures: string[] = [];
  const vcpu = {} as Vcpu;
  const control = new Int32Array(2);
  const registers = BigUint64Array.of(10n, 11n, 12n);
  const args = BigUint64Array.of(0x1234n, 0x1ffffn);
  const failed = (error: unknown, where: string) => failures.push(`${where}: ${(error as Error).message}`);
  const tally = { calls: 0, milliseconds: 0 };
  const context = { pluginName: "test", vcpu, control, markAt: 1, mark: MARK, registers, args, tally, failed };
  return { ...context, failures, pool: new EntryPool({ ...context, now: () => 5 }, evaluate) };
}

const realm = vm.createContext({}, { codeGeneration: { strings: false, wasm: false } });
const realms: Record<string, EvaluateInRealm | undefined> = {
  "this realm": undefined,
  "the plugin's realm": (expression) => vm.compileFunction(`return ${expression}`, [], { parsingContext: realm })(),
};

for (const [where, evaluate] of Object.entries(realms)) {
  test(`a callback gets the vCPU and the registers it asked for, and its plugin is marked meanwhile (${where})`, () => {
    const { pool, vcpu, control, failures } = scene(evaluate);
    const seen: unknown[] = [];
    const callback: AnyCallback = (given, values) => {
      assert.equal(given, vcpu);
      seen.push(values, control[1]);
      return "result";
    };
    const results: unknown[] = [];
    const entries = pool.for(callback, "onExecute");
    entries.execute(callback);
    entries.executeWith(callback, [2, 0]);
    entries.executeWith(callback, [1], (result) => results.push(result));
    assert.deepEqual(
      JSON.stringify(seen, (_, v) => (typeof v === "bigint" ? Number(v) : v)),
      "[[],7,[12,10],7,[11],7]",
    );
    assert.deepEqual([results, control[1], failures], [["result"], 0, []]);
  });

  test(`calls are counted, and one in 4096 is timed (${where})`, () => {
    const { pool, tally } = scene(evaluate);
    let calls = 0;
    const callback: AnyCallback = () => calls++;
    const entries = pool.for(callback, "onExecute");
    for (let i = 0; i < 5000; i++) entries.execute(callback);
    assert.deepEqual([calls, tally.calls, tally.milliseconds], [5000, 5000, 0]);
  });

  test(`an access is what the arguments say, and dies with its call, the next one of the same place included (${where})`, () => {
    const { pool, args, failures } = scene(evaluate);
    const kept: MemoryAccess[] = [];
    const seen: unknown[] = [];
    const callback: AnyCallback = (given) => {
      const access = given as MemoryAccess;
      kept.push(access);
      const { vaddr, size, isStore, isSigned, value, signedValue } = access;
      seen.push([vaddr, size, isStore, isSigned, value, signedValue]);
      void kept[0].vaddr;
    };
    const entries = pool.for(callback, "onMemory");
    entries.memory(callback, shape);
    const dead = /the memory access of plugin "test" was used after its callback had returned/;
    for (const name of ["vaddr", "size", "isStore", "isSigned", "value", "signedValue"] as const)
      assert.throws(() => kept[0][name], { message: dead });
    args[0] = 0x1238n;
    entries.memory(callback, shape);
    assert.deepEqual(seen, [
      [0x1234n, 2, false, true, 0xffffn, -1n],
      [0x1238n, 2, false, true, 0xffffn, -1n],
    ]);
    assert.equal(failures.length, 1);
    assert.match(failures[0], /^onMemory callback: the memory access/);
  });

  test(`what a callback throws is reported, the mark is taken off, and after the close nothing is called (${where})`, () => {
    const { pool, control, failures } = scene(evaluate);
    const callback: AnyCallback = () => {
      throw new Error("no luck");
    };
    const callAll = ({ execute, executeWith, memory, memoryWith }: Entries) => {
      execute(callback);
      executeWith(callback, [1]);
      memory(callback, shape);
      memoryWith(callback, shape, [1]);
    };
    callAll(pool.for(callback, "onExecute"));
    pool.for(callback, "onMemory").memory(callback, shape);
    const expected = [...Array(4).fill("onExecute callback: no luck"), "onMemory callback: no luck"];
    assert.deepEqual([failures, control[1]], [expected, 0]);
    pool.close();
    callAll(pool.for(callback, "onExecute"));
    callAll(pool.for(() => assert.fail("called after the close"), "onExecute"));
    assert.deepEqual(failures, expected);
  });

  test(`functions of any number are told apart (${where})`, () => {
    const { pool, failures } = scene(evaluate);
    const seen: number[] = [];
    const callbacks = Array.from({ length: 100 }, (_, i) =>
      vm.runInThisContext(`(seen) => () => { seen.push(${i}); }`),
    );
    const made = callbacks.map((make: (seen: number[]) => AnyCallback) => make(seen));
    const entries = made.map((callback) => pool.for(callback, "onExecute"));
    for (const [i, callback] of made.entries()) entries[i].execute(callback);
    assert.deepEqual([seen, failures], [[...made.keys()], []]);
  });
}
