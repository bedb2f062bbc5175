// Tokens to a syntax tree, by precedence climbing.
import { EvaluationError, type Token, tokenize } from "./lexer.ts";

export type Unary = "-" | "+" | "!" | "~" | "*" | "&";

/** A type as written: `unsigned long`, `struct node *`. */
export interface TypeSyntax {
  position: number;
  /** The words of the name, without qualifiers; the first may be struct, union, class or enum. */
  words: readonly string[];
  /** How many `*`. */
  pointers: number;
}

export type Syntax = { position: number } & (
  | { kind: "integer"; value: bigint; isUnsigned: boolean; isLong: boolean }
  | { kind: "float"; value: number; isSingle: boolean }
  | { kind: "character"; value: number }
  | { kind: "name"; name: string }
  | { kind: "register"; name: string }
  | { kind: "unary"; operator: Unary; operand: Syntax }
  | { kind: "binary"; operator: string; left: Syntax; right: Syntax }
  /** operator: of a compound assignment, `+` for `+=`. */
  | { kind: "assign"; operator: string | undefined; left: Syntax; right: Syntax }
  | { kind: "conditional"; condition: Syntax; yes: Syntax; no: Syntax }
  | { kind: "member"; object: Syntax; name: string; arrow: boolean }
  | { kind: "index"; object: Syntax; index: Syntax }
  | { kind: "cast"; type: TypeSyntax; operand: Syntax }
  | { kind: "sizeofType"; type: TypeSyntax }
  | { kind: "sizeof"; operand: Syntax }
);

/** Does the name mean a type here (and no variable)? */
export type IsType = (name: string) => boolean;

export interface ParsedExpression {
  syntax: Syntax;
  /** Ended by `,x`: show the result in hexadecimal. */
  hex: boolean;
}

const precedences: readonly (readonly string[])[] = [
  ["||"],
  ["&&"],
  ["|"],
  ["^"],
  ["&"],
  ["==", "!="],
  ["<", "<=", ">", ">="],
  ["<<", ">>"],
  ["+", "-"],
  ["*", "/", "%"],
];
const assignments = new Set(["=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="]);
const unary = new Set(["-", "+", "!", "~", "*", "&"]);
const tagWords = new Set(["struct", "union", "class", "enum"]);
const qualifiers = new Set(["const", "volatile", "restrict"]);
const baseWords = new Set("signed unsigned char short int long float double void bool _Bool __int128".split(" "));
/** Deeper nesting than anyone writes; keeps hostile input from exhausting the stack. */
const MAX_DEPTH = 200;

export function parseExpression(text: string, isType: IsType): ParsedExpression {
  return new Parser(tokenize(text), isType).whole();
}

class Parser {
  private readonly tokens: readonly Token[];
  private readonly isType: IsType;
  private at = 0;
  private depth = 0;

  constructor(tokens: readonly Token[], isType: IsType) {
    this.tokens = tokens;
    this.isType = isType;
  }

  whole(): ParsedExpression {
    if (this.atEnd) throw new EvaluationError("the expression is empty", 0);
    const syntax = this.assignment();
    let hex = false;
    if (this.accept(",")) {
      const format = this.token;
      if (format.kind !== "name" || format.text !== "x")
        throw new EvaluationError('only the format "x" (hexadecimal) may follow a comma', format.position);
      this.at++;
      hex = true;
    }
    if (!this.atEnd) throw this.unexpected();
    return { syntax, hex };
  }

  private get token(): Token {
    return this.tokens[this.at];
  }

  private get atEnd(): boolean {
    return this.token.kind === "end";
  }

  private isOperator(text: string, token = this.token): boolean {
    return token.kind === "operator" && token.text === text;
  }

  private accept(text: string): boolean {
    if (!this.isOperator(text)) return false;
    this.at++;
    return true;
  }

  private expect(text: string): void {
    if (!this.accept(text)) throw this.unexpected(`"${text}" expected`);
  }

  private unexpected(message?: string): EvaluationError {
    const token = this.token;
    if (token.kind === "end") return new EvaluationError(message ?? "the expression ends too early", token.position);
    const found = "text" in token ? token.text : String(token.value);
    return new EvaluationError(message ? `${message}, found "${found}"` : `unexpected "${found}"`, token.position);
  }

  private assignment(): Syntax {
    if (++this.depth > MAX_DEPTH) throw new EvaluationError("the expression is nested too deeply", this.token.position);
    const left = this.conditional();
    const token = this.token;
    let result = left;
    if (token.kind === "operator" && assignments.has(token.text)) {
      this.at++;
      const operator = token.text === "=" ? undefined : token.text.slice(0, -1);
      result = { kind: "assign", position: token.position, operator, left, right: this.assignment() };
    }
    this.depth--;
    return result;
  }

  private conditional(): Syntax {
    const condition = this.binary(0);
    const { position } = this.token;
    if (!this.accept("?")) return condition;
    const yes = this.assignment();
    this.expect(":");
    return { kind: "conditional", position, condition, yes, no: this.assignment() };
  }

  private binary(level: number): Syntax {
    if (level === precedences.length) return this.unary();
    let left = this.binary(level + 1);
    for (;;) {
      const token = this.token;
      if (token.kind !== "operator" || !precedences[level].includes(token.text)) return left;
      this.at++;
      left = {
        kind: "binary",
        position: token.position,
        operator: token.text,
        left,
        right: this.binary(level + 1),
      };
    }
  }

  private unary(): Syntax {
    const token = this.token;
    if (++this.depth > MAX_DEPTH) throw new EvaluationError("the expression is nested too deeply", token.position);
    try {
      if (token.kind === "operator" && unary.has(token.text)) {
        this.at++;
        return { kind: "unary", position: token.position, operator: token.text as Unary, operand: this.unary() };
      }
      if (token.kind === "name" && token.text === "sizeof") return this.sizeof();
      if (this.isOperator("(") && this.startsType(this.tokens[this.at + 1])) {
        this.at++;
        const type = this.type();
        this.expect(")");
        return { kind: "cast", position: token.position, type, operand: this.unary() };
      }
      return this.postfix();
    } finally {
      this.depth--;
    }
  }

  private sizeof(): Syntax {
    const { position } = this.token;
    this.at++;
    if (this.isOperator("(") && this.startsType(this.tokens[this.at + 1])) {
      this.at++;
      const type = this.type();
      this.expect(")");
      return { kind: "sizeofType", position, type };
    }
    return { kind: "sizeof", position, operand: this.unary() };
  }

  private startsType(token: Token): boolean {
    if (token.kind !== "name") return false;
    const { text } = token;
    return tagWords.has(text) || qualifiers.has(text) || baseWords.has(text) || this.isType(text);
  }

  private type(): TypeSyntax {
    const { position } = this.token;
    const words: string[] = [];
    let pointers = 0;
    for (;;) {
      const token = this.token;
      if (token.kind === "name" && qualifiers.has(token.text)) this.at++;
      else if (token.kind === "name" && pointers === 0 && this.continuesType(words, token.text)) {
        words.push(token.text);
        this.at++;
      } else if (words.length > 0 && this.accept("*")) pointers++;
      else break;
    }
    if (words.length === 0 || (words.length === 1 && tagWords.has(words[0]))) throw this.unexpected("a type expected");
    return { position, words, pointers };
  }

  private continuesType(words: readonly string[], text: string): boolean {
    if (words.length === 0) return true;
    if (tagWords.has(words[0])) return words.length === 1;
    return baseWords.has(words[0]) && baseWords.has(text);
  }

  private postfix(): Syntax {
    let syntax = this.primary();
    for (;;) {
      const { position } = this.token;
      if (this.accept("[")) {
        const index = this.assignment();
        this.expect("]");
        syntax = { kind: "index", position, object: syntax, index };
      } else if (this.isOperator(".") || this.isOperator("->")) {
        const arrow = this.isOperator("->");
        this.at++;
        const member = this.token;
        if (member.kind !== "name") throw this.unexpected("a member's name expected");
        this.at++;
        syntax = { kind: "member", position: member.position, object: syntax, name: member.text, arrow };
      } else if (this.isOperator("(")) throw new EvaluationError("calling functions is not possible", position);
      else return syntax;
    }
  }

  private primary(): Syntax {
    const token = this.token;
    switch (token.kind) {
      case "integer":
      case "float":
      case "character":
        this.at++;
        return token;
      case "name":
        this.at++;
        return { kind: "name", position: token.position, name: token.text };
      case "register":
        this.at++;
        return { kind: "register", position: token.position, name: token.text };
      default: {
        if (!this.accept("(")) throw this.unexpected();
        const inner = this.assignment();
        this.expect(")");
        return inner;
      }
    }
  }
}
