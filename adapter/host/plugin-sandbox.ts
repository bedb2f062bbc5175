// Runs a plugin's script in a context of its own: the language, a console that writes to the log, and nothing else.
import { SourceMap } from "node:module";
import { format } from "node:util";
import vm from "node:vm";

/** Milliseconds that the top level of a plugin may take. */
const evaluationLimit = 2000;

/**
 * What plugins find in a scope around them rather than in their context's global object: that is looked through with the
 * host's help, which costs some hundred nanoseconds each time.
 */
const fastGlobals =
  `Array, ArrayBuffer, BigInt, BigInt64Array, BigUint64Array, Boolean, DataView, Date, Error, Float32Array,
  Float64Array, Int16Array, Int32Array, Int8Array, JSON, Map, Math, Number, Object, Promise, RangeError, Reflect, RegExp,
  Set, String, Symbol, TypeError, Uint16Array, Uint32Array, Uint8Array, WeakMap, WeakSet, console, isFinite, isNaN,
  parseFloat, parseInt`.replace(/\s+/g, " ");

/** Frames of a stack that are shown. */
const maxFrames = 8;

export interface EvaluatedScript {
  /** The default export. */
  definition: unknown;
  /** What it threw, with the lines of the stack that are the plugin's own, in its source. */
  describeError(error: unknown): string;
  /** Runs what waits for promises: it does not run by itself. Throws when that does not return. */
  runPending(): void;
  /** Who is told of a rejected promise of the plugin that nobody handles. */
  whenRejected(listener: (error: unknown) => void): void;
  /** The value of an expression of the host's, in the plugin's context. */
  evaluateInRealm(expression: string): unknown;
}

/**
 * Evaluates a CommonJS script. `file` is its source, for stacks; `print` takes the lines of `console`.
 * @throws Error whose message has the plugin's own stack, or says that it did not return.
 */
export function evaluateScript(code: string, file: string, print: (text: string) => void): EvaluatedScript {
  forbidCodeFromStrings();
  const context = vm.createContext(globals(print), {
    name: file,
    codeGeneration: { strings: false, wasm: false },
    // Its promises have a queue of their own, emptied under a time limit: none of them can hold up the session.
    microtaskMode: "afterEvaluate",
  });
  const describeError = stackMapper(code, file);
  const opening = `"use strict"; ((${fastGlobals}) => ((module) => { const exports = module.exports;`;
  const evaluate = (script: vm.Script, what: string): unknown => {
    try {
      return script.runInContext(context, { timeout: evaluationLimit });
    } catch (error) {
      if ((error as { code?: string }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT")
        throw new Error(`${what} did not return within ${evaluationLimit} ms`);
      throw error;
    }
  };
  const pending = new vm.Script("undefined");
  try {
    const script = new vm.Script(
      `${opening}${code}\n; return module.exports.default; })({ exports: {} }))(${fastGlobals})`,
      {
        filename: file,
        columnOffset: -opening.length,
      },
    );
    return {
      definition: evaluate(script, "its top level"),
      describeError,
      runPending: () => void evaluate(pending, "what waited for a promise"),
      whenRejected: (listener) => handleRejections(context, listener),
      // Not as a script: what waits for promises would run after it.
      evaluateInRealm: (expression) =>
        vm.compileFunction(`"use strict"; return ${expression}`, [], { parsingContext: context })(),
    };
  } catch (error) {
    if (error instanceof Error) throw error; // ours: errors of the plugin are of its own realm
    throw new Error(describeError(error));
  }
}

interface RejectionHandler {
  /** Prototypes of the plugin's own promises and errors. */
  prototypes: readonly unknown[];
  listener: (error: unknown) => void;
}

const rejectionHandlers: RejectionHandler[] = [];

function handleRejections(context: vm.Context, listener: (error: unknown) => void): void {
  if (rejectionHandlers.length === 0) process.on("unhandledRejection", onUnhandledRejection);
  const prototypes = vm.runInContext("[Promise.prototype, Error.prototype]", context) as unknown[];
  rejectionHandlers.push({ prototypes: [...prototypes], listener });
}

/** A rejection that is not a plugin's ends the process, as it does without this. */
function onUnhandledRejection(reason: unknown, promise: Promise<unknown>): void {
  for (const { prototypes, listener } of rejectionHandlers)
    for (const value of [promise, reason])
      for (let at = value; typeof at === "object" && at !== null; at = Object.getPrototypeOf(at))
        if (prototypes.includes(at)) return listener(reason);
  throw reason;
}

function globals(print: (text: string) => void): vm.Context {
  const line = (...values: unknown[]) => print(format(...values));
  const console = Object.assign(Object.create(null), { log: line, info: line, warn: line, error: line, debug: line });
  return Object.assign(Object.create(null), { console });
}

let forbidden = false;

/**
 * Objects of the API lead to this realm's `Function` through their `constructor`, and it would make code outside the
 * plugin's context.
 */
function forbidCodeFromStrings(): void {
  if (forbidden) return;
  forbidden = true;
  const kinds = [() => {}, async () => {}, function* () {}, async function* () {}];
  for (const kind of kinds) {
    const prototype = Object.getPrototypeOf(kind) as { constructor: { name: string } };
    const blocked = () => {
      throw new EvalError("code is not made from strings here");
    };
    Object.defineProperty(blocked, "name", { value: prototype.constructor.name });
    Object.defineProperty(blocked, "prototype", { value: prototype });
    Object.defineProperty(prototype, "constructor", { value: blocked });
  }
}

/** Maps stacks by the source map that ends the code; without one, positions are those of the code. */
function stackMapper(code: string, file: string): (error: unknown) => string {
  let map: SourceMap | undefined;
  const position = (line: number, column: number): string => {
    const encoded = /\n\/\/# sourceMappingURL=data:application\/json;base64,([\w+/=]+)\s*$/.exec(code)?.[1];
    if (encoded) map ??= new SourceMap(JSON.parse(Buffer.from(encoded, "base64").toString()));
    const entry = map?.findEntry(line - 1, column - 1) as
      | { originalLine?: number; originalColumn?: number }
      | undefined;
    if (entry?.originalLine === undefined) return `${file}:${line}:${column}`;
    return `${file}:${entry.originalLine + 1}:${(entry.originalColumn ?? 0) + 1}`;
  };
  const frame = new RegExp(`^\\s+at (?:(.*) \\()?${escaped(file)}:(\\d+):(\\d+)\\)?$`);
  return (error) => {
    try {
      if (typeof error !== "object" || error === null) return `threw ${String(error)}`;
      const { name = "Error", message = "", stack } = error as Partial<Error>;
      const frames = String(stack ?? "")
        .split("\n")
        .map((line) => frame.exec(line))
        .filter((match) => match !== null)
        .slice(0, maxFrames)
        .map(([, where, line, column]) => {
          const place = position(Number(line), Number(column));
          return `\n    at ${where ? `${where} (${place})` : place}`;
        });
      return `${name}: ${message}${frames.join("")}`;
    } catch {
      return "threw something that cannot be shown";
    }
  };
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
