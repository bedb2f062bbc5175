// Expressions as tokens.

/** What is wrong with an expression, and where. */
export class EvaluationError extends Error {
  constructor(
    message: string,
    /** Offset in the expression's text, from 0. */
    readonly position: number,
  ) {
    super(message);
  }
}

export type Token =
  | { kind: "integer"; position: number; end: number; value: bigint; isUnsigned: boolean; isLong: boolean }
  | { kind: "float"; position: number; end: number; value: number; isSingle: boolean }
  | { kind: "character"; position: number; end: number; value: number }
  | { kind: "name"; position: number; end: number; text: string }
  | { kind: "register"; position: number; end: number; text: string }
  | { kind: "operator"; position: number; end: number; text: string }
  | { kind: "end"; position: number; end: number };

const operators = [
  ...["<<=", ">>="],
  ...["->", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^="],
  ..."+-*/%&|^!~<>=?:.,()[]",
];

const floating = /^(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][+-]?[0-9]+)?([fFlL]?)/;
const integer = /^(0[xX][0-9a-fA-F]+|0[bB][01]+|[0-9]+)([uU]?(?:ll|LL|[lL])?[uU]?)(?![0-9a-zA-Z_])/;
const name = /^(?:::)?[A-Za-z_][A-Za-z0-9_]*(?:::~?[A-Za-z_][A-Za-z0-9_]*)*/;
const character = /^'(?:\\(x[0-9a-fA-F]+|[0-7]{1,3}|.)|([^'\\]))'/u;
const escapes: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, a: 7, b: 8, f: 12, v: 11, e: 27 };

export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? "")) at++;
    if (at >= text.length) return [...tokens, { kind: "end", position: at, end: at }];
    const token = nextToken(text.slice(at), at);
    tokens.push(token);
    at = token.end;
  }
}

function nextToken(rest: string, position: number): Token {
  const ending = (match: string) => ({ position, end: position + match.length });
  let match: RegExpExecArray | null;
  if ((match = floating.exec(rest)))
    return { kind: "float", ...ending(match[0]), value: Number.parseFloat(match[0]), isSingle: /f/i.test(match[1]) };
  if ((match = integer.exec(rest))) {
    const digits = match[1];
    const isOctal = /^0[0-9]+$/.test(digits);
    if (isOctal && !/^[0-7]+$/.test(digits)) throw new EvaluationError(`${digits} is not an octal number`, position);
    const value = BigInt(isOctal ? `0o${digits}` : digits);
    if (value >= 1n << 64n) throw new EvaluationError(`${digits} is larger than 64 bits`, position);
    return {
      kind: "integer",
      ...ending(match[0]),
      value,
      isUnsigned: /u/i.test(match[2]),
      isLong: /l/i.test(match[2]),
    };
  }
  if ((match = name.exec(rest))) return { kind: "name", ...ending(match[0]), text: match[0].replace(/^::/, "") };
  if ((match = /^\$([A-Za-z_][A-Za-z0-9_]*)/.exec(rest)))
    return { kind: "register", ...ending(match[0]), text: match[1] };
  if ((match = character.exec(rest)))
    return { kind: "character", ...ending(match[0]), value: characterCode(match[1], match[2]) };
  const operator = operators.find((o) => rest.startsWith(o));
  if (operator) return { kind: "operator", ...ending(operator), text: operator };
  if (rest[0] === "$") throw new EvaluationError("a register's name must follow $", position);
  if (/^[0-9]/.test(rest)) throw new EvaluationError(`${/^\w+/.exec(rest)![0]} is not a number`, position);
  throw new EvaluationError(`unexpected ${JSON.stringify(String.fromCodePoint(rest.codePointAt(0)!))}`, position);
}

function characterCode(escaped: string | undefined, plain: string): number {
  if (escaped === undefined) return plain.codePointAt(0)!;
  if (/^x/.test(escaped)) return Number.parseInt(escaped.slice(1), 16);
  if (/^[0-7]/.test(escaped)) return Number.parseInt(escaped, 8);
  return escapes[escaped] ?? escaped.codePointAt(0)!;
}
