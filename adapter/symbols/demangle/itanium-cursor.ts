// A cursor over a mangled name.
import { NotUnderstood } from "./itanium-text.ts";

const MAX_DEPTH = 200;

export class Cursor {
  protected at = 0;
  private depth = 0;

  constructor(protected readonly text: string) {}

  protected peek(length = 1): string {
    return this.text.slice(this.at, this.at + length);
  }

  protected next(): string {
    if (this.at >= this.text.length) throw new NotUnderstood();
    return this.text[this.at++];
  }

  protected eat(text: string): boolean {
    if (!this.text.startsWith(text, this.at)) return false;
    this.at += text.length;
    return true;
  }

  protected expect(text: string): void {
    if (!this.eat(text)) throw new NotUnderstood();
  }

  protected number(): number {
    const digits = /^\d+/.exec(this.text.slice(this.at, this.at + 12))?.[0];
    if (digits === undefined) throw new NotUnderstood();
    this.at += digits.length;
    return Number(digits);
  }

  /** `_` is 0, `0_` is 1, in base 36 for substitutions. */
  protected sequence(base: 10 | 36): number {
    if (this.eat("_")) return 0;
    const digits = /^[0-9A-Z]+/.exec(this.text.slice(this.at, this.at + 8))?.[0];
    if (digits === undefined) throw new NotUnderstood();
    this.at += digits.length;
    this.expect("_");
    return Number.parseInt(digits, base) + 1;
  }

  protected nested<T>(read: () => T): T {
    if (++this.depth > MAX_DEPTH) throw new NotUnderstood();
    const result = read();
    this.depth--;
    return result;
  }
}
