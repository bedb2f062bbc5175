// Callgrind's profiles: what each function spent itself, and for each pair of caller and callee how often it was called
// and what was spent in it.
//
// With recursion, "spent in the callee" must be chosen so that adding it up counts nothing twice, which is what readers
// do. A call has what was spent below it up to where the caller is entered again: from there on it is counted as the
// caller's own and that of its calls. So a function's own cost and that of its calls are exactly what was spent while
// it was on the stack, which is how KCachegrind and speedscope add up. (callgrind_annotate --inclusive=yes adds up the
// calls *of* a function: where functions call each other in a circle no numbers please both.)
import { exporterOfOne } from "./exporter.ts";
import { type FunctionNode, functionTree, walk } from "./flame-tree.ts";

interface Call {
  callee: Profiled;
  calls: number;
  cost: number;
}

interface Profiled {
  name: string;
  file: string;
  line: number;
  self: number;
  calls: Map<string, Call>;
}

export const callgrind = exporterOfOne({
  format: "callgrind",
  extension: ".callgrind.out",
  description: "costs of functions and of their calls, for KCachegrind and callgrind_annotate",
  kinds: ["flame"],
  write(view, context) {
    const tree = functionTree(view, context);
    const functions = profiled(tree);
    const files = new Names();
    const names = new Names();
    const event = view.unit === "instructions" ? "Ir" : view.unit.replaceAll(/[^A-Za-z0-9]+/g, "_");
    const total = Math.round(tree.reduce((sum, node) => sum + node.total, 0));
    const lines = [
      "# callgrind format",
      "version: 1",
      "creator: terrarium",
      `cmd: ${oneLine(context.programPath)}`,
      `desc: Trigger: ${oneLine(view.title)}`,
      "",
      "positions: line",
      `event: ${event} : ${oneLine(view.unit)}`,
      `events: ${event}`,
      `summary: ${total}`,
      "",
    ];
    for (const fn of functions) {
      lines.push(`fl=${files.of(fn.file)}`, `fn=${names.of(fn.name)}`, `${fn.line} ${Math.round(fn.self)}`);
      for (const { callee, calls, cost } of fn.calls.values())
        lines.push(
          `cfi=${files.of(callee.file)}`,
          `cfn=${names.of(callee.name)}`,
          `calls=${Math.max(1, Math.round(calls))} ${callee.line}`,
          `${fn.line} ${Math.round(cost)}`,
        );
      lines.push("");
    }
    lines.push(`totals: ${total}`, "");
    return lines.join("\n");
  },
});

/** Functions with their calls, in the order in which they come in the tree. */
function profiled(outermost: readonly FunctionNode[]): Iterable<Profiled> {
  const functions = new Map<string, Profiled>();
  const path: { fn: Profiled; call: Call | undefined }[] = [];
  /** Depths at which a function is on the path, innermost last. */
  const depths = new Map<Profiled, number[]>();
  for (const { node, depth } of walk(outermost)) {
    while (path.length > depth) depths.get(path.pop()!.fn)!.pop();
    const key = JSON.stringify([node.name, node.file]);
    let fn = functions.get(key);
    if (!fn) {
      fn = { name: node.name, file: node.file ?? "???", line: node.line ?? 0, self: 0, calls: new Map() };
      functions.set(key, fn);
      depths.set(fn, []);
    }
    fn.self += node.self;
    const call = path.length > 0 ? callTo(path[path.length - 1].fn, key, fn) : undefined;
    if (call) {
      call.calls += node.calls ?? 1;
      call.cost += node.total;
    }
    // Entered again: no longer part of the call that the outer one made.
    const outer = depths.get(fn)!.at(-1);
    if (outer !== undefined) (path[outer + 1]?.call ?? call)!.cost -= node.total;
    depths.get(fn)!.push(depth);
    path.push({ fn, call });
  }
  return functions.values();
}

function callTo(caller: Profiled, key: string, callee: Profiled): Call {
  let call = caller.calls.get(key);
  if (!call) caller.calls.set(key, (call = { callee, calls: 0, cost: 0 }));
  return call;
}

/** A name is written once, with a number that stands for it from then on. */
class Names {
  private readonly numbers = new Map<string, number>();

  of(name: string): string {
    const known = this.numbers.get(name);
    if (known !== undefined) return `(${known})`;
    this.numbers.set(name, this.numbers.size + 1);
    return `(${this.numbers.size}) ${oneLine(name)}`;
  }
}

const oneLine = (text: string) => text.replaceAll(/[\r\n]+/g, " ");
