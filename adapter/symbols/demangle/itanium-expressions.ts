// Expressions in mangled names: those that occur in template arguments and decltype.
import { Cursor } from "./itanium-cursor.ts";
import { LITERAL_SUFFIXES, OPERATORS } from "./itanium-tables.ts";
import { NotUnderstood, parenthesized, show, type TypeText } from "./itanium-text.ts";

export abstract class ExpressionParser extends Cursor {
  protected abstract encoding(top: boolean): string;
  protected abstract name(): { text: string };
  protected abstract unqualifiedName(): { text: string };
  protected abstract operatorName(): { text: string };
  protected abstract type(): TypeText;
  protected abstract templateParameter(): TypeText;
  /** Template arguments that are not those of the function's name. */
  protected abstract expressionArguments(): string;

  protected literal(): string {
    this.expect("L");
    if (this.eat("_Z")) {
      const text = this.encoding(false);
      this.expect("E");
      return text;
    }
    const code = this.peek();
    const type = this.type();
    const digits = /^[^E]*/.exec(this.text.slice(this.at))![0];
    this.at += digits.length;
    this.expect("E");
    const value = digits.replace(/^n/, "-");
    if (code === "b" && (value === "0" || value === "1")) return value === "1" ? "true" : "false";
    const suffix = LITERAL_SUFFIXES[code];
    if (suffix !== undefined) return value + suffix;
    return `(${show(type)})${value}`;
  }

  protected expression(): string {
    return this.nested(() => this.expressionInner());
  }

  private expressionInner(): string {
    const letter = this.peek();
    if (letter === "L") return this.literal();
    if (letter === "T") return show(this.templateParameter());
    if (/\d/.test(letter)) return this.name().text;
    const code = this.next() + this.next();
    switch (code) {
      case "fp":
      case "fL": {
        if (code === "fL") {
          this.number();
          this.expect("p");
        }
        while (/[rVK]/.test(this.peek())) this.next();
        if (this.eat("T")) return "this";
        return `{parm#${this.sequence(10) + 1}}`;
      }
      case "cl": {
        const callee = this.expression();
        return `${parenthesized(callee)}(${this.expressionList()})`;
      }
      case "cv": {
        const type = show(this.type());
        const list = this.eat("_") ? this.expressionList() : this.expression();
        return `(${type})(${list})`;
      }
      case "tl":
        return `${show(this.type())}{${this.expressionList()}}`;
      case "il":
        return `{${this.expressionList()}}`;
      case "st":
        return `sizeof (${show(this.type())})`;
      case "sz":
        return `sizeof (${this.expression()})`;
      case "sZ":
        return `sizeof...(${this.peek() === "T" ? show(this.templateParameter()) : this.expression()})`;
      case "at":
        return `alignof (${show(this.type())})`;
      case "nx":
        return `noexcept (${this.expression()})`;
      case "sr": {
        const owner = show(this.type());
        const own = this.unqualifiedName().text;
        return `${owner}::${own}${this.peek() === "I" ? this.expressionArguments() : ""}`;
      }
      case "on": {
        const operator = this.operatorName().text;
        return operator + (this.peek() === "I" ? this.expressionArguments() : "");
      }
      case "dt":
        return `${parenthesized(this.expression())}.${this.memberName()}`;
      case "pt":
        return `${parenthesized(this.expression())}->${this.memberName()}`;
      case "sp":
        return this.expression();
      default:
        return this.operation(code);
    }
  }

  private memberName(): string {
    const own = this.unqualifiedName().text;
    return own + (this.peek() === "I" ? this.expressionArguments() : "");
  }

  private expressionList(): string {
    const items: string[] = [];
    while (!this.eat("E")) items.push(this.expression());
    return items.join(", ");
  }

  private operation(code: string): string {
    const operator = OPERATORS[code];
    if (operator === undefined) throw new NotUnderstood();
    if (code === "qu") {
      const [condition, yes, no] = [this.expression(), this.expression(), this.expression()].map(parenthesized);
      return `${condition}?${yes} : ${no}`;
    }
    if (code === "ix") {
      const [left, right] = [this.expression(), this.expression()];
      return `${parenthesized(left)}[${right}]`;
    }
    if (["ps", "ng", "ad", "de", "co", "nt"].includes(code)) return `${operator}${parenthesized(this.expression())}`;
    if (code === "pp" || code === "mm") {
      const isPrefix = this.eat("_");
      const operand = parenthesized(this.expression());
      return isPrefix ? operator + operand : operand + operator;
    }
    const left = parenthesized(this.expression());
    const right = parenthesized(this.expression());
    return operator === ">" ? `(${left}>${right})` : `${left}${operator}${right}`;
  }
}
