// The published plugin API, imported as `@terrarium/api`. A plugin is one file with one default export:
//
//     import { definePlugin } from "@terrarium/api";
//
//     export default definePlugin({
//       name: "calls",
//       version: "1.0.0",
//       api: "^1.0",
//       license: "MIT",
//       options: { limit: { type: "integer", default: 20, minimum: 1, description: "Rows to show" } },
//       install(vm, { limit }) {
//         const calls = vm.counters<bigint>("calls");
//         vm.onTranslate((tb) => {
//           for (const insn of tb.instructions)
//             if (insn.kind === "call") insn.inline.add(calls.at(insn.vaddr), 1n);
//         });
//         vm.views.table("Calls", () => calls.top(limit).map(([pc, executed]) => ({ pc, executed })));
//       },
//     });
//
// Guest code is translated block by block. A plugin sees each translation block (TB) before it runs and says what it
// wants to happen when it does. There are two prices: an inline operation becomes a machine operation or two, without
// a call (`inline.add`); a callback is a call of JavaScript (`onExecute`, `onMemory`), some nanoseconds each time.
// What no plugin asks for costs nothing.
//
// Guest addresses and register values are unsigned 64-bit `bigint`s. Sizes are in bytes.
import type { OptionDeclarations, PluginDefinition } from "./definition.ts";

export type {
  OptionDeclaration,
  OptionDeclarations,
  OptionValues,
  PluginDefinition,
} from "./definition.ts";
export type {
  GuestName,
  RegisterGroup,
  RegisterInfo,
  RegisterName,
  RegisterReference,
  RegisterRole,
  RegisterValues,
} from "./registers.ts";
export type {
  BlockInline,
  ExecuteCallback,
  ExecuteOptions,
  Instruction,
  InstructionKind,
  MemoryAccess,
  MemoryCallback,
  MemoryFilter,
  MemoryInline,
  MemoryOptions,
  SourceLocation,
  TranslationBlock,
} from "./translation.ts";
export type {
  Axis,
  Bar,
  Cell,
  Column,
  ColumnType,
  CoveredBlock,
  FlameOptions,
  Graph,
  GraphEdge,
  GraphNode,
  HeatMap,
  IntervalVector,
  LogLine,
  Row,
  SeriesOptions,
  StackFrame,
  StackSample,
  TableOptions,
  TimelineEntry,
  Views,
} from "./views.ts";
export type {
  Counter,
  Counters,
  ExitEvent,
  LogLevel,
  Subscription,
  SyscallEvent,
  SyscallReturnEvent,
  Vcpu,
  Vm,
  VmInfo,
} from "./vm.ts";

/**
 * Declares a plugin; the default export of a plugin file. It gives back its argument: it is there for the types of
 * `install`'s parameters, which follow from the declared options.
 */
export function definePlugin<const Options extends OptionDeclarations = Record<never, never>>(
  definition: PluginDefinition<Options>,
): PluginDefinition<Options> {
  return definition;
}
