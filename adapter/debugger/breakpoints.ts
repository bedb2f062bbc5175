// Breakpoints of all kinds as the user set them, resolved to instruction addresses. Whether a hit counts (condition,
// hit count, log point) is decided by the debugger when the guest stops there.
import type { Symbols } from "../symbols/index.ts";
import { hex } from "./text.ts";

/** What makes a hit count; texts are as the user wrote them. */
export interface BreakpointOptions {
  /** An expression; a hit counts when it is not zero. */
  condition?: string;
  /** `5` or `>= 5` (from the fifth on), `== 5`, `> 5`, `< 5`, `<= 5`, `% 5` (every fifth). */
  hitCondition?: string;
  /** Written instead of stopping; expressions in braces are replaced by their values. */
  logMessage?: string;
}

export interface SourceBreakpointRequest extends BreakpointOptions {
  line: number;
}

export interface FunctionBreakpointRequest extends BreakpointOptions {
  name: string;
}

export interface InstructionBreakpointRequest extends BreakpointOptions {
  /** Run-time address. */
  address: bigint;
}

export interface Breakpoint extends BreakpointOptions {
  readonly id: number;
  readonly kind: "source" | "function" | "instruction";
  /** What was asked for, for recognizing it when the set is given again. */
  readonly key: string;
  readonly verified: boolean;
  /** Why it is not verified. */
  readonly message?: string;
  /** Recorded path and line where it is, when there is one. */
  readonly path?: string;
  readonly line?: number;
  readonly column?: number;
  /** Run-time addresses. */
  readonly addresses: readonly bigint[];
  hits: number;
}

type Resolved = Pick<Breakpoint, "verified" | "message" | "path" | "line" | "column" | "addresses">;

const unverified = (message: string): Resolved => ({ verified: false, message, addresses: [] });

/** The program in which breakpoints are looked for. */
export interface BreakpointProgram {
  symbols: Symbols;
  loadBias: bigint;
  isMapped(address: bigint): boolean;
}

interface BreakpointSet {
  breakpoints: readonly Breakpoint[];
  /** Resolves the same requests again, in another program. */
  resolveAgain(): readonly Breakpoint[];
}

export class Breakpoints {
  private program!: BreakpointProgram;
  private readonly sets = new Map<string, BreakpointSet>();
  private nextId = 1;

  /** Gives the program; breakpoints that are set already are resolved in it and keep their ids. Hits start again. */
  bind(program: BreakpointProgram): void {
    this.program = program;
    for (const [name, set] of this.sets) {
      for (const breakpoint of set.breakpoints) breakpoint.hits = 0;
      this.sets.set(name, { ...set, breakpoints: set.resolveAgain() });
    }
  }

  /** Replaces the breakpoints of one source file. */
  setSource(path: string, requests: readonly SourceBreakpointRequest[]): readonly Breakpoint[] {
    return this.replace("source", `source:${path}`, requests, ({ line }) => [
      `${path}:${line}`,
      this.resolveLine(path, line),
    ]);
  }

  setFunctions(requests: readonly FunctionBreakpointRequest[]): readonly Breakpoint[] {
    return this.replace("function", "function", requests, ({ name }) => [name, this.resolveFunction(name)]);
  }

  setInstructions(requests: readonly InstructionBreakpointRequest[]): readonly Breakpoint[] {
    return this.replace("instruction", "instruction", requests, ({ address }) => [
      hex(address),
      this.program.isMapped(address)
        ? { verified: true, addresses: [address], ...this.placeOf(address) }
        : unverified(`no code is mapped at ${hex(address)}`),
    ]);
  }

  all(): readonly Breakpoint[] {
    return [...this.sets.values()].flatMap((set) => set.breakpoints);
  }

  /** Run-time addresses of all of them. */
  addresses(): bigint[] {
    return [...new Set(this.all().flatMap((breakpoint) => breakpoint.addresses))];
  }

  at(address: bigint): readonly Breakpoint[] {
    return this.all().filter((breakpoint) => breakpoint.addresses.includes(address));
  }

  private replace<T extends BreakpointOptions>(
    kind: Breakpoint["kind"],
    set: string,
    requests: readonly T[],
    resolve: (request: T) => [string, Resolved],
  ): readonly Breakpoint[] {
    const resolveAll = () => {
      const before = this.sets.get(set)?.breakpoints ?? [];
      return requests.map((request) => this.resolved(kind, request, before, ...resolve(request)));
    };
    const breakpoints = resolveAll();
    this.sets.set(set, { breakpoints, resolveAgain: resolveAll });
    return breakpoints;
  }

  private resolved(
    kind: Breakpoint["kind"],
    { condition, hitCondition, logMessage }: BreakpointOptions,
    before: readonly Breakpoint[],
    place: string,
    where: Resolved,
  ): Breakpoint {
    const key = JSON.stringify([place, condition, hitCondition, logMessage]);
    const same = before.find((breakpoint) => breakpoint.key === key);
    const isBad = hitCondition && !parseHitCondition(hitCondition);
    return {
      ...(isBad ? unverified(`hit condition "${hitCondition}" is not a count such as 5, >= 5 or % 5`) : where),
      id: same?.id ?? this.nextId++,
      hits: same?.hits ?? 0,
      kind,
      key,
      condition: condition || undefined,
      hitCondition: hitCondition || undefined,
      logMessage: logMessage || undefined,
    };
  }

  private resolveLine(path: string, line: number): Resolved {
    if (!this.program.symbols.hasDebugInfo) return unverified("the program has no debug information");
    const file = this.program.symbols.findSourceFile(path);
    if (file === undefined) return unverified(`the program's debug information knows no file ${path}`);
    const found = this.program.symbols.addressesForLine(file, line);
    if (!found) return unverified(`no code at or after line ${line}`);
    return {
      verified: true,
      path: found.path,
      line: found.line,
      column: found.column || undefined,
      addresses: found.addresses.map((address) => BigInt.asUintN(64, address + this.program.loadBias)),
    };
  }

  private resolveFunction(name: string): Resolved {
    const functions = this.program.symbols.functionsNamed(name);
    if (functions.length === 0) return unverified(`the program has no function ${name}`);
    const addresses = functions.map((fn) =>
      BigInt.asUintN(64, this.program.symbols.bodyStart(fn) + this.program.loadBias),
    );
    return { verified: true, addresses: [...new Set(addresses)], ...this.placeOf(addresses[0]) };
  }

  private placeOf(address: bigint): Partial<Resolved> {
    const line = this.program.symbols.lineForAddress(BigInt.asUintN(64, address - this.program.loadBias));
    return line && line.line > 0 ? { path: line.path, line: line.line, column: line.column || undefined } : {};
  }
}

/** Does hit number `hits` (from 1) count? Undefined: the text is no hit condition. */
export function parseHitCondition(text: string): ((hits: number) => boolean) | undefined {
  const match = /^\s*(>=|<=|==|=|>|<|%)?\s*([0-9]+)\s*$/.exec(text);
  if (!match) return undefined;
  const count = Number(match[2]);
  switch (match[1]) {
    case "==":
    case "=":
      return (hits) => hits === count;
    case ">":
      return (hits) => hits > count;
    case "<":
      return (hits) => hits < count;
    case "<=":
      return (hits) => hits <= count;
    case "%":
      return count === 0 ? undefined : (hits) => hits % count === 0;
    default:
      return (hits) => hits >= count;
  }
}
