// A variable or parameter, and where its value is.
import type { Declaration, Location, LocationContext, Type, Variable } from "./api.ts";
import { Attribute, Tag } from "./dwarf-constants.ts";
import { evaluateExpression } from "./expression.ts";
import { expressionOf } from "./expression-source.ts";
import { type DebugFunction, declarationOf, type Sources } from "./functions.ts";
import { isLocationList, locationAt } from "./location-lists.ts";
import type { Die } from "./unit.ts";

const OPTIMIZED_OUT: Location = { kind: "optimizedOut", reason: "optimized out" };

export class DebugVariable implements Variable {
  readonly name: string;

  constructor(
    private readonly sources: Sources,
    readonly die: Die,
    /** The function whose frame it lives in; undefined for globals. */
    private readonly fn: DebugFunction | undefined,
  ) {
    this.name = sources.info.nameOf(die) ?? "";
  }

  get kind(): Variable["kind"] {
    if (!this.fn) return "global";
    return this.die.tag === Tag.FormalParameter ? "parameter" : "local";
  }

  get type(): Type {
    return this.sources.types.typeOf(this.die);
  }

  get declaration(): Declaration | undefined {
    return this.sources.info.warnings.guard(`the place of ${this.name} is missing`, undefined, () =>
      declarationOf(this.sources, this.die),
    );
  }

  get isArtificial(): boolean {
    const owner = this.sources.info.withAttribute(this.die, Attribute.Artificial);
    return owner?.flag(Attribute.Artificial) ?? false;
  }

  /** Only declared here (`extern`); the definition is a global elsewhere. */
  get isDeclaration(): boolean {
    return this.die.flag(Attribute.Declaration) && !this.die.has(Attribute.Location);
  }

  locate(pc: bigint, context: LocationContext): Location {
    try {
      return this.find(pc, context);
    } catch (error) {
      return { kind: "optimizedOut", reason: error instanceof Error ? error.message : String(error) };
    }
  }

  private find(pc: bigint, context: LocationContext): Location {
    const owner = this.sources.info.withAttribute(this.die, Attribute.Location);
    const value = owner?.get(Attribute.Location);
    if (!owner || !value) return this.constant() ?? this.elsewhere(pc, context) ?? OPTIMIZED_OUT;
    const { unit } = owner;
    let bytes: Uint8Array | undefined;
    if (isLocationList(unit, value)) {
      bytes = locationAt(unit, value, pc);
      if (!bytes) return { kind: "optimizedOut", reason: "optimized out here" };
    } else if (value.kind === "block") {
      bytes = value.bytes;
    }
    if (!bytes) return OPTIMIZED_OUT;
    return evaluateExpression(expressionOf(this.sources.info, unit, bytes), this.withFrameBase(pc, context));
  }

  /** DW_AT_const_value. */
  private constant(): Location | undefined {
    const owner = this.sources.info.withAttribute(this.die, Attribute.ConstValue);
    const value = owner?.get(Attribute.ConstValue);
    switch (value?.kind) {
      case "block":
        return { kind: "value", bytes: value.bytes };
      case "string":
      case "stringAt":
      case "stringIndex":
        return { kind: "value", bytes: new TextEncoder().encode(`${owner!.unit.stringOf(value)}\0`) };
      case "unsigned":
      case "signed": {
        // Wide enough for every integer type, whose low bytes count.
        const bytes = new Uint8Array(16);
        const view = new DataView(bytes.buffer);
        view.setBigInt64(0, value.value, true);
        view.setBigInt64(8, value.value < 0n ? -1n : 0n, true);
        return { kind: "value", bytes };
      }
      default:
        return undefined;
    }
  }

  /** The definition of a variable that is only declared here. */
  private elsewhere(pc: bigint, context: LocationContext): Location | undefined {
    if (!this.isDeclaration) return undefined;
    const { info } = this.sources;
    const name = info.qualifiedName(this.die) ?? this.name;
    for (const entry of info.named(this.name)) {
      if (entry.tag !== Tag.Variable) continue;
      const die = entry.unit.entryAt(entry.offset);
      if (!die.has(Attribute.Location) || (entry.qualifiedName !== name && entry.qualifiedName !== this.name)) continue;
      return new DebugVariable(this.sources, die, undefined).locate(pc, context);
    }
    return undefined;
  }

  private withFrameBase(pc: bigint, context: LocationContext): LocationContext {
    const { fn } = this;
    if (context.frameBase || !fn) return context;
    return {
      loadBias: context.loadBias,
      readRegister: (number) => context.readRegister(number),
      readMemory: (address, length) => context.readMemory(address, length),
      cfa: () => context.cfa(),
      tls: context.tls && ((offset) => context.tls?.(offset)),
      entryValue: context.entryValue && ((expression) => context.entryValue?.(expression)),
      frameBase: () => this.frameBase(fn, pc, context),
    };
  }

  private frameBase(fn: DebugFunction, pc: bigint, context: LocationContext): bigint | undefined {
    const { unit } = fn.die;
    const value = fn.die.get(Attribute.FrameBase);
    if (!value) return undefined;
    const bytes = isLocationList(unit, value) ? locationAt(unit, value, pc) : fn.die.block(Attribute.FrameBase);
    if (!bytes) return undefined;
    const location = evaluateExpression(expressionOf(this.sources.info, unit, bytes), context);
    // A lone register as frame base means its contents (clang: DW_OP_reg8).
    if (location.kind === "register") return context.readRegister(location.register);
    return location.kind === "memory" ? location.address : undefined;
  }
}
