// What is inside scopes and values, and setting it.
import type { DebugProtocol } from "@vscode/debugprotocol";
import { childCount, childrenOf } from "../debugger/children.ts";
import { variableValue } from "../debugger/evaluate/evaluator.ts";
import { formatRegister } from "../debugger/registers.ts";
import { hex } from "../debugger/text.ts";
import { bare, isPointer, typeName } from "../debugger/types.ts";
import { type Frame, locationContext } from "../debugger/unwind.ts";
import { addressOf, fromBytes, Unavailable, type Value } from "../debugger/value.ts";
import type { Debuggee } from "./debuggee.ts";
import type { Handler } from "./handlers.ts";
import { RequestError } from "./protocol.ts";
import type { DapSession } from "./session.ts";
import type { Container } from "./variable-references.ts";

/** A part of a container: a value, a register, or a group of registers. */
type Item = { name: string } & (
  | { kind: "value"; value: Value; expression: string | undefined }
  | { kind: "register"; register: number; value: bigint | undefined }
  | { kind: "group"; group: number }
);

/** Children of one container when the client does not page. */
const MAX_CHILDREN = 10_000;

export const variables: Handler<"variables"> = (session, args) => {
  const debuggee = session.stopped();
  const container = find(debuggee, args.variablesReference);
  const start = args.start ?? 0;
  const items = itemsOf(session, container, start, args.count || MAX_CHILDREN);
  const parent = debuggee.variables.key(args.variablesReference);
  return {
    variables: items.map((item) => protocolVariable(debuggee, container, parent, item, args.format?.hex ?? false)),
  };
};

export const setVariable: Handler<"setVariable"> = async (session, args) => {
  const debuggee = session.stopped();
  const container = find(debuggee, args.variablesReference);
  const index = /^\[([0-9]+)\]$/.exec(args.name);
  const items = index ? itemsOf(session, container, Number(index[1]), 1) : itemsOf(session, container, 0, MAX_CHILDREN);
  const item = items.find((candidate) => candidate.name === args.name);
  if (!item) throw new RequestError(`there is no variable "${args.name}"`);
  const evaluator = debuggee.debugger.evaluator(session.frame(frameOf(container)));
  if (item.kind === "value") await evaluator.assign(item.value, args.value);
  else if (item.kind === "register") {
    if (frameOf(container) > 1) throw new RequestError("registers can be set in the innermost frame only");
    const bits = await evaluator.registerValue(item.register, args.value);
    await debuggee.debugger.writeRegister(item.register, bits);
  } else throw new RequestError("a group of registers has no value");
  session.changed();
  const again = itemsOf(session, container, index ? Number(index[1]) : 0, index ? 1 : MAX_CHILDREN);
  const now = again.find((candidate) => candidate.name === args.name) ?? item;
  const parent = debuggee.variables.key(args.variablesReference);
  const { value, type, variablesReference, indexedVariables, memoryReference } = protocolVariable(
    debuggee,
    container,
    parent,
    now,
    args.format?.hex ?? false,
  );
  return { value, type, variablesReference, indexedVariables, memoryReference };
};

function find(debuggee: Debuggee, reference: number): Container {
  const container = debuggee.variables.get(reference);
  if (!container) throw new RequestError("these variables are of an earlier stop");
  return container;
}

/** The id of the frame that a container belongs to. */
const frameOf = (container: Container): number => ("frame" in container ? container.frame + 1 : 1);

function itemsOf(session: DapSession, container: Container, start: number, count: number): Item[] {
  const { debugger: dbg } = session.stopped();
  switch (container.kind) {
    case "variables":
      return listed(session, container).slice(start, start + count);
    case "registers":
      return dbg.registers.groups().map(({ title }, group) => ({ kind: "group", name: title, group }));
    case "registerGroup": {
      const { registers } = dbg.registers.groups()[container.group];
      const frame = session.frame(container.frame + 1)!;
      return registers.map((register) => ({
        kind: "register",
        name: dbg.registers.descriptor(register).name,
        register,
        value: registerIn(session, frame, register),
      }));
    }
    case "value": {
      const value = container.find();
      if (!value) return [];
      const children = childrenOf(value, container.expression, dbg.format, dbg.access, start, count);
      return children.map((child) => ({ kind: "value", ...child }));
    }
  }
}

/** Undefined: the functions called did not save it. */
function registerIn(session: DapSession, frame: Frame, register: number): bigint | undefined {
  const { debugger: dbg, target } = session.stopped();
  if (register === dbg.registers.pc) return frame.physical.pc;
  const { dwarf } = dbg.registers.descriptor(register);
  return dwarf === undefined ? target.readRegisters()[register] : frame.physical.registers.get(dwarf);
}

function listed(session: DapSession, { frame: index, list }: Container & { kind: "variables" }): Item[] {
  const { debugger: dbg, symbols, target } = session.stopped();
  const frame = session.frame(index + 1)!;
  const context = locationContext(target, symbols, frame.physical);
  const all =
    list === "globals"
      ? symbols.unitGlobals(frame.physical.lookup)
      : dbg
          .scopes(frame)
          .flatMap((scope) => [...scope.variables])
          .filter((variable) => (variable.kind === "parameter") === (list === "arguments"));
  const names = new Set<string>();
  return all.map((variable): Item => {
    // An inner variable hides an outer one of its name, which then has no expression.
    const hidden = names.has(variable.name);
    names.add(variable.name);
    return {
      kind: "value",
      name: hidden && variable.declaration ? `${variable.name} (line ${variable.declaration.line})` : variable.name,
      value: variableValue(variable, frame, context),
      expression: hidden ? undefined : variable.name,
    };
  });
}

function protocolVariable(
  debuggee: Debuggee,
  container: Container,
  parent: string,
  item: Item,
  hexadecimal: boolean,
): DebugProtocol.Variable {
  const { debugger: dbg, variables: references } = debuggee;
  switch (item.kind) {
    case "group": {
      const frame = "frame" in container ? container.frame : 0;
      const group: Container = { kind: "registerGroup", frame, group: item.group };
      const variablesReference = references.reference(`${parent}/${item.name}`, group);
      return { name: item.name, value: "", variablesReference, presentationHint: { kind: "virtual" } };
    }
    case "register": {
      const descriptor = dbg.registers.descriptor(item.register);
      const isCode = descriptor.type === "address" || descriptor.group === "integer";
      return {
        name: item.name,
        value: item.value === undefined ? "<not saved>" : formatRegister(descriptor, item.value),
        evaluateName: `$${item.name}`,
        variablesReference: 0,
        memoryReference: isCode && item.value !== undefined ? hex(item.value) : undefined,
        presentationHint: descriptor.readOnly ? { attributes: ["readOnly"] } : undefined,
      };
    }
    case "value": {
      const find = () => findAgain(debuggee, container, item);
      return {
        name: item.name,
        ...describeValue(debuggee, item.value, item.expression, `${parent}/${item.name}`, find, hexadecimal),
        evaluateName: item.expression,
      };
    }
  }
}

/** The item's value now: its container's is found anew, so that writes to it are seen. */
function findAgain(debuggee: Debuggee, container: Container, item: Item & { kind: "value" }): Value | undefined {
  if (container.kind !== "value") return item.value;
  const { debugger: dbg } = debuggee;
  const parent = container.find();
  if (!parent) return undefined;
  const index = /^\[([0-9]+)\]$/.exec(item.name);
  const [start, count] = index ? [Number(index[1]), 1] : [0, MAX_CHILDREN];
  const children = childrenOf(parent, container.expression, dbg.format, dbg.access, start, count);
  return children.find((child) => child.name === item.name)?.value;
}

/** Text, type and number of parts of a value, for variables and results of expressions. */
export function describeValue(
  debuggee: Debuggee,
  value: Value,
  expression: string | undefined,
  key: string,
  find: () => Value | undefined,
  hexadecimal: boolean,
) {
  const { debugger: dbg, variables: references } = debuggee;
  const count = childCount(value, dbg.format, dbg.access);
  const hasChildren = count.named + count.indexed > 0;
  return {
    value: dbg.format.format(value, { hex: hexadecimal }),
    type: typeName(value.type),
    variablesReference: hasChildren ? references.reference(key, { kind: "value", find, expression }) : 0,
    indexedVariables: count.indexed > 0 ? count.indexed : undefined,
    memoryReference: memoryReference(debuggee, value),
  };
}

/** Where the client's memory view should look: at what a pointer points to, else at the value itself. */
function memoryReference(debuggee: Debuggee, value: Value): string | undefined {
  try {
    if (isPointer(bare(value.type))) return hex(fromBytes(debuggee.debugger.access.read(value)));
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
  }
  const address = addressOf(value);
  return address === undefined ? undefined : hex(address);
}
