// Expressions from watches, hovers and the Debug Console, and what else can be typed there.

import { explain } from "../debugger/evaluate/evaluator.ts";
import { EvaluationError } from "../debugger/evaluate/lexer.ts";
import { formatRegister } from "../debugger/registers.ts";
import type { Handler } from "./handlers.ts";
import { RequestError } from "./protocol.ts";
import type { DapSession } from "./session.ts";
import { describeValue } from "./variables.ts";

const help = `While the guest runs, what you type here goes to its standard input, a line at a time.
While it is stopped, what you type is evaluated:
  count + 1, node->name, matrix[1][2], *pointer, &variable, sizeof(struct node), (char)x, ns::GREEN
  $pc, $a0, $fa0          registers; $a0 = 5 sets one
  total = 7               sets a variable
  expression,x            shows the result in hexadecimal
At any time:
  :input TEXT             sends TEXT and a newline to the guest's standard input
  :eof                    closes the guest's standard input
  :plugins                the plugins of this session, and what they cost
  :plugins load hotblocks,limit=5
  :plugins unload|reset|reload NAME
  help                    this text (while stopped; :help at any time)`;

export const evaluate: Handler<"evaluate"> = async (session, args) => {
  const { expression, context, frameId, format } = args;
  if (context === "repl") {
    const answer = await consoleCommand(session, expression);
    if (answer !== undefined) return { result: answer, variablesReference: 0 };
  }
  return evaluated(session, expression, frameId, { context, hex: format?.hex ?? false });
};

export const setExpression: Handler<"setExpression"> = async (session, { expression, value, frameId, format }) => {
  const result = await evaluated(session, `${expression} = (${value})`, frameId, {
    context: "repl",
    hex: format?.hex ?? false,
  });
  const { result: text, ...rest } = result;
  return { value: text, ...rest };
};

/** What is not an expression: guest input and help. Undefined: evaluate it. */
async function consoleCommand(session: DapSession, text: string): Promise<string | undefined> {
  const debuggee = session.running();
  const command = /^:([a-z]+)(?: (.*))?$/s.exec(text);
  if (command?.[1] === "plugins") return debuggee.plugins.command(command[2] ?? "");
  if (command?.[1] === "help") return help;
  if (command?.[1] === "input") return send(session, `${command[2] ?? ""}\n`);
  if (command?.[1] === "eof") return send(session, undefined);
  if (debuggee.debugger.state === "running") return send(session, `${text}\n`);
  return text.trim() === "help" ? help : undefined;
}

function send(session: DapSession, text: string | undefined): string {
  session.running().target.input(text === undefined ? undefined : new TextEncoder().encode(text));
  return "";
}

async function evaluated(
  session: DapSession,
  text: string,
  frameId: number | undefined,
  options: { context: string | undefined; hex: boolean },
) {
  const debuggee = session.stopped();
  const { debugger: dbg } = debuggee;
  const frame = session.frame(frameId);
  try {
    const before = dbg.writes;
    const mayWrite = options.context !== "hover" && options.context !== "watch";
    const { value, register, hex } = await dbg.evaluator(frame, mayWrite).evaluate(text);
    if (dbg.writes !== before) session.changed();
    const described = describeValue(debuggee, value, text, `${text}@${frameId ?? 1}`, () => value, options.hex || hex);
    const { value: result, ...rest } = described;
    if (register === undefined) return { result, ...rest };
    const descriptor = dbg.registers.descriptor(register);
    return { ...rest, result: registerText(session, descriptor, value, result) };
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    throw new RequestError(options.context === "repl" ? explain(error, text) : error.message);
  }
}

/** A register alone is shown as the Registers scope shows it. */
function registerText(
  session: DapSession,
  descriptor: Parameters<typeof formatRegister>[0],
  value: Parameters<typeof describeValue>[1],
  otherwise: string,
): string {
  if (descriptor.type === "float") return otherwise;
  const bytes = session.stopped().debugger.access.read(value);
  return formatRegister(
    descriptor,
    bytes.reduceRight((bits, byte) => (bits << 8n) | BigInt(byte), 0n),
  );
}
