// What plugins would find in a fixture's run, for tests: its call tree and its coverage, by a plugin of the plugin host.
import { inflateSync } from "node:zlib";
import { parseElf } from "../../../emulator/elf/elf.ts";
import { PluginHost } from "../../../emulator/instrument/plugin-host.ts";
import { testMachine } from "../../../emulator/machine/testing/test-machine.ts";
import { definePlugin } from "../../../plugins/api/index.ts";
import { fixturePath, readFixture } from "../../../test-fixtures/fixtures.ts";
import { nodeHost } from "../../dap/node-host.ts";
import { SourcePaths } from "../../dap/source-paths.ts";
import { openSymbols } from "../../symbols/index.ts";
import { exportContext } from "../context.ts";
import type { ExportContext, ViewOf } from "../exporter.ts";

interface Node {
  name: string;
  address: string;
  self: number;
  total: number;
  calls: number;
  children: Node[];
}

export interface ProfiledProgram {
  flame: ViewOf<"flame">;
  coverage: ViewOf<"coverage">;
  context: ExportContext;
  /** What the formats could not hold. */
  log: string[];
}

export function profileProgram(name: string): ProfiledProgram {
  const program = readFixture(name);
  const elf = parseElf(program, name);
  const symbols = openSymbols(elf, name, { inflate: (data) => new Uint8Array(inflateSync(data)) });
  const machine = testMachine(name);
  const root: Node = { name: "", address: "", self: 0, total: 0, calls: 0, children: [] };
  const stack = [root];
  const blocks = new Map<string, { vaddr: bigint; size: number }>();
  let executions: (key: string) => bigint = () => 0n;

  const profiler = definePlugin({
    name: "profiler",
    version: "1.0.0",
    install(vm) {
      const counts = vm.counters<string>("executions");
      executions = (key) => counts.get(key);
      // How the block before ended: "call" and "return" are carried out at the block they lead to.
      let ended: string = "call";
      vm.onTranslate((tb) => {
        const { vaddr, size } = tb;
        const key = `${vaddr}+${size}`;
        blocks.set(key, { vaddr, size });
        tb.inline.add(counts.at(key), 1n);
        const length = tb.instructions.length;
        const end = tb.instructions[length - 1].kind;
        tb.onExecute(() => {
          if (ended === "call") enter(vaddr);
          else if (ended === "return" && stack.length > 2) stack.pop();
          ended = end;
          stack[stack.length - 1].self += length;
        });
      });
    },
  });

  function enter(pc: bigint): void {
    const caller = stack[stack.length - 1];
    const address = `0x${pc.toString(16)}`;
    let node = caller.children.find((child) => child.address === address);
    if (!node) {
      const called = symbols.functionAt(pc - machine.loadBias)?.displayName ?? address;
      node = { name: called, address, self: 0, total: 0, calls: 0, children: [] };
      caller.children.push(node);
    }
    node.calls++;
    stack.push(node);
  }

  const log: string[] = [];
  const host = new PluginHost(machine, { log: (_level, _source, text) => log.push(text), programPath: name });
  host.install({ definition: profiler }, {}, "profiler");
  for (let stop = machine.run(1e9); stop.kind !== "exited"; stop = machine.run(1e9))
    if (stop.kind !== "budget") throw new Error(`the program stopped: ${stop.kind}`);
  addUp(root);

  const sources = new SourcePaths(nodeHost, fixturePath(name), fixturePath(""));
  return {
    flame: { plugin: "profiler", title: "Instructions", kind: "flame", unit: "instructions", root },
    coverage: {
      plugin: "profiler",
      title: "Coverage",
      kind: "coverage",
      blocks: [...blocks]
        .map(([key, { vaddr, size }]) => [`0x${vaddr.toString(16)}`, size, Number(executions(key))] as const)
        .sort(([a], [b]) => Number(BigInt(a) - BigInt(b))),
    },
    context: exportContext({
      program,
      programPath: fixturePath(name),
      guestName: machine.guest.name,
      loadBias: machine.loadBias,
      symbols,
      instructions: machine.instructionCount(),
      findSource: (recorded) => sources.find(recorded),
      log: (text) => log.push(text),
    }),
    log,
  };
}

function addUp(node: Node): number {
  node.total = node.self + node.children.reduce((sum, child) => sum + addUp(child), 0);
  return node.total;
}
