// C++ symbol names by the Itanium ABI. One pass, straight to text; what is not understood stays mangled.
import { ExpressionParser } from "./itanium-expressions.ts";
import { BUILTIN_TYPES, EXTENDED_BUILTIN_TYPES, OPERATORS, STANDARD_NAMES } from "./itanium-tables.ts";
import {
  addQualifier,
  derive,
  NotUnderstood,
  plain,
  pointerTo,
  show,
  type TypeText,
  templateList,
  withoutArguments,
} from "./itanium-text.ts";

/** `_ZN2ns3fooEi` is `ns::foo(int)`; undefined when not understood. */
export function demangleItanium(name: string): string | undefined {
  const start = name.indexOf("_Z");
  // GCC's copies of a function: foo.constprop.0, foo.cold.
  const clone = /(?:\.[a-zA-Z_]+(?:\.\d+)*|\.\d+)+$/.exec(name);
  const core = clone ? name.slice(0, clone.index) : name;
  try {
    const text = new Parser(core.slice(start + 2)).mangledName();
    const suffixes = clone ? clone[0].match(/\.[a-zA-Z_]+(?:\.\d+)*|\.\d+/g)! : [];
    return text + suffixes.map((suffix) => ` [clone ${suffix}]`).join("");
  } catch {
    return undefined;
  }
}

interface NameText {
  readonly text: string;
  /** Ends in template arguments: then a function's type has its return type. */
  readonly isTemplate: boolean;
  /** Constructors, destructors and conversions never have one. */
  readonly hasNoReturn: boolean;
  /** const, & of member functions. */
  readonly qualifiers: string;
}

class Parser extends ExpressionParser {
  private readonly substitutions: TypeText[] = [];
  private templateArguments: TypeText[] = [];
  /** Last plain name of a prefix: constructors repeat it. */
  private lastName = "";
  private lambdaDepth = 0;
  private typeDepth = 0;

  mangledName(): string {
    const text = this.encoding(true);
    if (this.at !== this.text.length) throw new NotUnderstood();
    return text;
  }

  private remember(type: TypeText): TypeText {
    this.substitutions.push(type);
    return type;
  }

  // Names

  protected encoding(top: boolean): string {
    return this.nested(() => {
      if (this.typeDepth === 0) return this.encodingInner(top);
      // A function that a type names: its template arguments are its own.
      const { typeDepth, templateArguments } = this;
      this.typeDepth = 0;
      const text = this.encodingInner(top);
      this.typeDepth = typeDepth;
      this.templateArguments = templateArguments;
      return text;
    });
  }

  private encodingInner(top: boolean): string {
    if (this.peek() === "T" || (this.peek() === "G" && /^G[VRT]/.test(this.peek(2)))) return this.specialName();
    const name = this.name();
    if (this.at === this.text.length || this.peek() === "E" || (!top && this.peek() === "."))
      return name.text + name.qualifiers;
    let returns: TypeText | undefined;
    if (name.isTemplate && !name.hasNoReturn) returns = this.type();
    const parameters = this.parameters();
    const body = `${name.text}(${parameters})${name.qualifiers}`;
    // Not where the function is only the place of a local name.
    if (!returns || !top) return body;
    const space = returns.compound === undefined && returns.after !== "" ? "" : " ";
    return `${returns.before}${space}${body}${returns.after}`;
  }

  private parameters(): string {
    const types: string[] = [];
    while (this.at < this.text.length && this.peek() !== "E" && this.peek() !== ".") {
      if (/^[RO]E/.test(this.peek(2))) break;
      types.push(show(this.type()));
    }
    if (types.length === 1 && types[0] === "void") return "";
    return types.filter((type) => type !== "").join(", ");
  }

  private specialName(): string {
    const code = this.next() + this.next();
    switch (code) {
      case "TV":
        return `vtable for ${show(this.type())}`;
      case "TT":
        return `VTT for ${show(this.type())}`;
      case "TI":
        return `typeinfo for ${show(this.type())}`;
      case "TS":
        return `typeinfo name for ${show(this.type())}`;
      case "Th":
        this.offset("h");
        return `non-virtual thunk to ${this.encoding(false)}`;
      case "Tv":
        this.offset("v");
        return `virtual thunk to ${this.encoding(false)}`;
      case "Tc":
        this.offset(this.next());
        this.offset(this.next());
        return `covariant return thunk to ${this.encoding(false)}`;
      case "TC": {
        const derived = show(this.type());
        this.number();
        this.expect("_");
        return `construction vtable for ${show(this.type())}-in-${derived}`;
      }
      case "TH":
        return `TLS init function for ${this.name().text}`;
      case "TW":
        return `TLS wrapper function for ${this.name().text}`;
      case "GV":
        return `guard variable for ${this.name().text}`;
      case "GR": {
        const name = this.name().text;
        const index = this.peek() === "_" || /[0-9A-Z]/.test(this.peek()) ? this.sequence(36) : 0;
        return `reference temporary #${index} for ${name}`;
      }
      case "GT":
        if (this.eat("t")) return `transaction clone for ${this.encoding(false)}`;
        this.expect("n");
        return `non-transaction clone for ${this.encoding(false)}`;
      default:
        throw new NotUnderstood();
    }
  }

  private offset(kind: string): void {
    if (kind !== "h" && kind !== "v") throw new NotUnderstood();
    this.eat("n");
    this.number();
    this.expect("_");
    if (kind !== "v") return;
    this.eat("n");
    this.number();
    this.expect("_");
  }

  protected name(): NameText {
    return this.nested(() => {
      if (this.peek() === "N") return this.nestedName();
      if (this.peek() === "Z") return this.localName();
      let text: string;
      let hasNoReturn = false;
      if (this.peek() === "S" && this.peek(2) !== "St") {
        text = show(this.substitution());
        if (this.peek() !== "I") throw new NotUnderstood();
      } else {
        const isStandard = this.eat("St");
        const own = this.unqualifiedName();
        hasNoReturn = own.hasNoReturn;
        text = isStandard ? `std::${own.text}` : own.text;
        if (this.peek() === "I") this.remember(plain(text));
      }
      if (this.peek() !== "I") return { text, isTemplate: false, hasNoReturn, qualifiers: "" };
      return { text: text + this.nameArguments(text), isTemplate: true, hasNoReturn, qualifiers: "" };
    });
  }

  /** Template arguments of a name; `operator<` keeps its distance. */
  private nameArguments(name: string): string {
    const list = this.templateArgs();
    return name.endsWith("<") ? ` ${list}` : list;
  }

  private nestedName(): NameText {
    this.expect("N");
    let qualifiers = "";
    for (;;) {
      if (this.eat("r")) qualifiers += " restrict";
      else if (this.eat("V")) qualifiers = ` volatile${qualifiers}`;
      else if (this.eat("K")) qualifiers = ` const${qualifiers}`;
      else break;
    }
    if (this.eat("R")) qualifiers += " &";
    else if (this.eat("O")) qualifiers += " &&";
    let text = "";
    let isTemplate = false;
    let hasNoReturn = false;
    while (!this.eat("E")) {
      if (this.peek() === "I") {
        text += this.nameArguments(text);
        isTemplate = true;
      } else if (this.peek() === "S" && this.peek(2) !== "St") {
        text = show(this.substitution());
        isTemplate = false;
        continue;
      } else if (this.peek() === "T") {
        text = show(this.templateParameter());
        isTemplate = false;
      } else if (/^D[tT]/.test(this.peek(2))) {
        text = show(this.type());
        isTemplate = false;
        continue;
      } else if (this.eat("St")) {
        text = "std";
        isTemplate = false;
        continue;
      } else if (this.eat("M")) {
        // A lambda in a member initializer.
        continue;
      } else {
        const own = this.unqualifiedName();
        text = text === "" ? own.text : `${text}::${own.text}`;
        hasNoReturn = own.hasNoReturn;
        isTemplate = false;
      }
      if (this.peek() !== "E") this.remember(plain(text));
    }
    return { text, isTemplate, hasNoReturn, qualifiers };
  }

  private localName(): NameText {
    this.expect("Z");
    // Template arguments of the enclosing function stay in force inside it.
    const outer = this.encoding(false);
    this.expect("E");
    if (this.eat("s")) {
      this.discriminator();
      return { text: `${outer}::string literal`, isTemplate: false, hasNoReturn: false, qualifiers: "" };
    }
    let place = "";
    if (this.eat("d")) {
      const index = this.peek() === "_" ? 0 : this.number() + 1;
      this.expect("_");
      place = `{default arg#${index + 1}}::`;
    }
    const inner = this.name();
    this.discriminator();
    return { ...inner, text: `${outer}::${place}${inner.text}` };
  }

  private discriminator(): void {
    if (this.eat("__")) {
      this.number();
      this.expect("_");
    } else if (/^_\d/.test(this.peek(2))) {
      this.at += 2;
    }
  }

  protected unqualifiedName(): { text: string; hasNoReturn: boolean } {
    let hasNoReturn = false;
    let text: string;
    this.eat("L");
    const letter = this.peek();
    if (/\d/.test(letter)) {
      text = this.sourceName();
      this.lastName = text;
    } else if (letter === "C") {
      this.next();
      if (this.eat("I")) {
        this.next();
        this.type();
      } else {
        this.next();
      }
      text = this.lastName;
      hasNoReturn = true;
    } else if (/^D[0-5]/.test(this.peek(2))) {
      this.at += 2;
      text = `~${this.lastName}`;
      hasNoReturn = true;
    } else if (this.eat("DC")) {
      const names: string[] = [];
      while (!this.eat("E")) names.push(this.sourceName());
      text = `[${names.join(", ")}]`;
    } else if (this.eat("Ut")) {
      text = `{unnamed type#${this.sequence(10) + 1}}`;
    } else if (this.eat("Ul")) {
      this.lambdaDepth++;
      const parameters = this.parameters();
      this.lambdaDepth--;
      this.expect("E");
      text = `{lambda(${parameters})#${this.sequence(10) + 1}}`;
    } else {
      const operator = this.operatorName();
      text = operator.text;
      hasNoReturn = operator.isConversion;
    }
    while (this.eat("B")) text += `[abi:${this.sourceName()}]`;
    return { text, hasNoReturn };
  }

  private sourceName(): string {
    const length = this.number();
    if (length === 0 || this.at + length > this.text.length) throw new NotUnderstood();
    const name = this.text.slice(this.at, this.at + length);
    this.at += length;
    return /^_GLOBAL_[._$]N/.test(name) ? "(anonymous namespace)" : name;
  }

  protected operatorName(): { text: string; isConversion: boolean } {
    const code = this.next() + this.next();
    if (code === "cv") return { text: `operator ${show(this.type())}`, isConversion: true };
    if (code === "li") return { text: `operator"" ${this.sourceName()}`, isConversion: false };
    const operator = OPERATORS[code];
    if (operator === undefined) throw new NotUnderstood();
    return { text: `operator${/^[a-z]/.test(operator) ? " " : ""}${operator}`, isConversion: false };
  }

  // Templates

  private templateArgs(): string {
    this.expect("I");
    const args: TypeText[] = [];
    // A name's own last name must survive those in its arguments.
    const name = this.lastName;
    while (!this.eat("E")) args.push(this.templateArgument());
    this.lastName = name;
    // Parameters mean the arguments of the function's name, not those of types in it.
    if (this.typeDepth === 0) this.templateArguments = args;
    return templateList(args.map(show));
  }

  private templateArgument(): TypeText {
    switch (this.peek()) {
      case "L":
        return plain(this.literal());
      case "X": {
        this.next();
        const text = this.expression();
        this.expect("E");
        return plain(text);
      }
      case "J": {
        this.next();
        const pack: TypeText[] = [];
        while (!this.eat("E")) pack.push(this.templateArgument());
        return { before: "", after: "", compound: undefined, pack };
      }
      default:
        return this.type();
    }
  }

  protected templateParameter(): TypeText {
    this.expect("T");
    const index = this.sequence(10);
    if (this.lambdaDepth > 0) return plain(`auto:${index + 1}`);
    const argument = this.templateArguments[index];
    if (!argument) throw new NotUnderstood();
    return argument;
  }

  private substitution(): TypeText {
    this.expect("S");
    const letter = this.peek();
    const standard = STANDARD_NAMES[letter];
    if (standard) {
      this.next();
      this.lastName = standard.constructor;
      // Constructors and destructors are written with the full name of their class.
      if (/[CD]/.test(this.peek()) && standard.full) return plain(standard.full);
      let text = standard.name;
      while (this.eat("B")) text += `[abi:${this.sourceName()}]`;
      return plain(text);
    }
    const found = this.substitutions[this.sequence(36)];
    if (!found) throw new NotUnderstood();
    const name = /([A-Za-z_]\w*)(\[abi:\w+\])?(<.*>)?$/s.exec(withoutArguments(show(found)));
    if (name) this.lastName = name[1];
    return found;
  }

  // Types

  protected type(): TypeText {
    return this.nested(() => {
      this.typeDepth++;
      const type = this.typeInner();
      this.typeDepth--;
      return type;
    });
  }

  private typeInner(): TypeText {
    const letter = this.peek();
    const builtin = BUILTIN_TYPES[letter];
    if (builtin !== undefined) {
      this.next();
      return plain(builtin);
    }
    switch (letter) {
      case "r":
      case "V":
      case "K":
        return this.qualifiedType();
      case "P":
        this.next();
        return this.remember(pointerTo(this.type(), "*"));
      case "R":
        this.next();
        return this.remember(pointerTo(this.type(), "&"));
      case "O":
        this.next();
        return this.remember(pointerTo(this.type(), "&&"));
      case "C":
        this.next();
        return this.remember(derive(this.type(), (type) => plain(`${show(type)} _Complex`)));
      case "F":
        return this.remember(this.functionType(""));
      case "A":
        return this.remember(this.arrayType());
      case "M":
        return this.remember(this.memberPointer());
      case "T":
        return this.templateParameterType();
      case "D":
        return this.extendedType();
      case "U": {
        this.next();
        const name = this.sourceName();
        const args = this.peek() === "I" ? this.templateArgs() : "";
        return this.remember(derive(this.type(), (type) => plain(`${show(type)} ${name}${args}`)));
      }
      case "u":
        this.next();
        return this.remember(plain(this.sourceName()));
      case "S":
        return this.substitutedType();
      default:
        return this.remember(plain(this.className()));
    }
  }

  private className(): string {
    const name = this.name();
    return name.text + name.qualifiers;
  }

  private substitutedType(): TypeText {
    if (this.peek(2) === "St") return this.remember(plain(this.className()));
    const base = this.substitution();
    if (this.peek() !== "I") return base;
    return this.remember(plain(show(base) + this.templateArgs()));
  }

  private templateParameterType(): TypeText {
    const parameter = this.remember(this.templateParameter());
    if (this.peek() !== "I") return parameter;
    return this.remember(plain(show(parameter) + this.templateArgs()));
  }

  private qualifiedType(): TypeText {
    let words = "";
    for (;;) {
      if (this.eat("r")) words += " restrict";
      else if (this.eat("V")) words = ` volatile${words}`;
      else if (this.eat("K")) words = ` const${words}`;
      else break;
    }
    if (this.peek() === "F" || this.peek(3) === "DoF") return this.remember(this.functionType(words));
    return this.remember(derive(this.type(), (type) => ({ ...type, before: addQualifier(type.before, words) })));
  }

  private functionType(words: string): TypeText {
    const noexcept = this.eat("Do") ? " noexcept" : "";
    this.expect("F");
    this.eat("Y");
    const result = this.type();
    const parameters = this.parameters();
    const reference = this.eat("R") ? " &" : this.eat("O") ? " &&" : "";
    this.expect("E");
    return {
      before: `${result.before} `,
      after: `(${parameters})${words}${reference}${noexcept}${result.after}`,
      compound: "function",
      pack: undefined,
    };
  }

  private arrayType(): TypeText {
    this.expect("A");
    let size = "";
    if (/\d/.test(this.peek())) size = String(this.number());
    else if (this.peek() !== "_") size = this.expression();
    this.expect("_");
    const element = this.type();
    const after =
      element.compound === "array" ? ` [${size}]${element.after.trimStart()}` : ` [${size}]${element.after}`;
    return { before: element.before, after, compound: "array", pack: undefined };
  }

  private memberPointer(): TypeText {
    this.expect("M");
    const owner = show(this.type());
    const target = this.type();
    if (target.compound === "function")
      return {
        before: `${target.before}(${owner}::*`,
        after: `)${target.after}`,
        compound: undefined,
        pack: undefined,
      };
    if (target.compound === "array")
      return {
        before: `${target.before} (${owner}::*`,
        after: `)${target.after}`,
        compound: undefined,
        pack: undefined,
      };
    return { ...target, before: `${target.before} ${owner}::*` };
  }

  private extendedType(): TypeText {
    const code = this.peek(2);
    const builtin = EXTENDED_BUILTIN_TYPES[code];
    if (builtin !== undefined) {
      this.at += 2;
      return plain(builtin);
    }
    switch (code) {
      case "Dp": {
        this.at += 2;
        // A pack stands for its elements; a pattern over none is nothing.
        return this.remember(this.type());
      }
      case "Dt":
      case "DT": {
        this.at += 2;
        const text = `decltype (${this.expression()})`;
        this.expect("E");
        return this.remember(plain(text));
      }
      case "Do":
        return this.remember(this.functionType(""));
      case "DF": {
        this.at += 2;
        const bits = this.number();
        this.expect("_");
        return plain(`_Float${bits}`);
      }
      case "Dv": {
        this.at += 2;
        const size = this.number();
        this.expect("_");
        return this.remember(derive(this.type(), (type) => plain(`${show(type)} __vector(${size})`)));
      }
      default:
        throw new NotUnderstood();
    }
  }

  protected expressionArguments(): string {
    const outer = this.templateArguments;
    const text = this.templateArgs();
    this.templateArguments = outer;
    return text;
  }
}
