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
// wants to happen when it does. There are three prices: an inline operation becomes a few machine operations, without
// a call (`inline.add`); a record is a few more, and is delivered with many others (`inline.append`); a callback is a
// call of JavaScript (`onExecute`, `onMemory`), some nanoseconds each time. What no plugin asks for costs nothing.
//
// Guest addresses and register values are unsigned 64-bit `bigint`s. Sizes are in bytes.
//
// What a method throws because it is used wrongly is an exception in the plugin: one that is not caught removes it, with
// its message and place in the log, and the session goes on.
import type { OptionDeclarations, PluginDefinition } from "./definition.ts";
import type { EventDeclaration, EventDeclarations, UseDeclaration, UseDeclarations } from "./linking.ts";

export type * from "./definition.ts";
export type * from "./inline.ts";
export type * from "./linking.ts";
export type * from "./memory.ts";
export type * from "./registers.ts";
export type * from "./syscalls.ts";
export type * from "./translation.ts";
export type * from "./views.ts";
export type * from "./vm.ts";

/**
 * Declares a plugin; the default export of a plugin file. It gives back its argument: it is there for the types of
 * `install`'s parameters, which follow from the declared options, events and used plugins.
 *
 *     export default definePlugin({
 *       name: "blocks",
 *       version: "1.0.0",
 *       options: { start: { type: "address", description: "Count from here" } },
 *       install(vm, { start = 0n }) {
 *         const executed = vm.counter("executed");
 *         vm.onTranslate((tb) => {
 *           if (tb.vaddr >= start) tb.inline.add(executed, 1n);
 *         });
 *         vm.views.table("Blocks", () => [{ executed: executed.value }]);
 *       },
 *     });
 */
export function definePlugin<
  const Options extends OptionDeclarations = Record<never, never>,
  const Uses extends UseDeclarations = Record<never, never>,
  const Events extends EventDeclarations = Record<never, never>,
  Exports = void,
>(definition: PluginDefinition<Options, Uses, Events, Exports>): PluginDefinition<Options, Uses, Events, Exports> {
  return definition;
}

/**
 * Declares an event and the type of what it carries; the description is one line.
 *
 *     const call = event<{ from: bigint; to: bigint }>("A function was called");
 *     definePlugin({ name: "calls", version: "1.0.0", events: { call }, install: () => {} });
 */
export function event<Payload = unknown>(description: string): EventDeclaration<Payload> {
  return description;
}

/**
 * Declares that another plugin is used, in versions of a range (`^1.2`, `>=1 <3`, `*`). Its type gives the types of its
 * exports and events; `import type` takes nothing else of the file. Without it every event carries `unknown`.
 *
 *     import type callstack from "@terrarium/plugins/callstack";
 *
 *     export default definePlugin({
 *       name: "deepest",
 *       version: "1.0.0",
 *       uses: { callstack: use<typeof callstack>("^1.0") },
 *       install(vm, _options, { callstack }) {
 *         let deepest = 0;
 *         callstack.on("call", ({ depth }) => (deepest = Math.max(deepest, depth)));
 *         vm.views.table("Deepest", () => [{ calls: deepest }]);
 *       },
 *     });
 */
export function use<Plugin = unknown>(range: string): UseDeclaration<Plugin> {
  return range;
}
