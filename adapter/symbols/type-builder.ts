// Types from debug information entries. Parts are read when they are first looked at, so recursive types are no problem.
import type {
  ArrayType,
  EnumType,
  Member,
  RecordType,
  SubroutineType,
  TemplateArgument,
  Type,
  VariantPart,
} from "./api.ts";
import type { DebugInfo } from "./debug-info.ts";
import { Attribute, Tag } from "./dwarf-constants.ts";
import { expressionOf } from "./expression-source.ts";
import { byteSizeOf, encodingOf, stripped, unknown } from "./type-facts.ts";
import type { Die } from "./unit.ts";

const VOID: Type = { kind: "void" };

export class TypeBuilder {
  private readonly cache = new Map<Die, Type>();

  constructor(private readonly info: DebugInfo) {}

  /** Type of an entry's DW_AT_type, looked for along its abstract origin and specification; void when it has none. */
  typeOf(die: Die): Type {
    return this.info.warnings.guard("a type is missing", unknown("<damaged>"), () => {
      const owner = this.info.withAttribute(die, Attribute.Type);
      const target = owner && this.info.reference(owner, Attribute.Type);
      if (target) return this.type(target);
      return owner ? unknown("<in another file>") : VOID;
    });
  }

  /** The type that a type entry describes. */
  type(die: Die): Type {
    let type = this.cache.get(die);
    if (!type) {
      type = this.info.warnings.guard("a type is missing", unknown("<damaged>"), () => this.build(die));
      this.cache.set(die, type);
    }
    return type;
  }

  private build(die: Die): Type {
    switch (die.tag) {
      case Tag.BaseType:
        return {
          kind: "base",
          name: die.string(Attribute.Name) ?? "?",
          byteSize: die.number(Attribute.ByteSize) ?? Math.ceil((die.number(Attribute.BitSize) ?? 0) / 8),
          encoding: encodingOf(die.number(Attribute.Encoding)),
        };
      case Tag.PointerType:
        return this.pointer("pointer", die);
      case Tag.ReferenceType:
        return this.pointer("reference", die);
      case Tag.RvalueReferenceType:
        return this.pointer("rvalueReference", die);
      case Tag.ConstType:
      case Tag.ImmutableType:
        return this.wrapper("const", die);
      case Tag.VolatileType:
        return this.wrapper("volatile", die);
      case Tag.RestrictType:
        return this.wrapper("restrict", die);
      case Tag.AtomicType:
        return this.wrapper("atomic", die);
      case Tag.Typedef:
      case Tag.TemplateAlias: {
        const target = lazy(() => this.typeOf(die));
        return {
          kind: "typedef",
          name: this.info.qualifiedName(die) ?? "?",
          get target() {
            return target();
          },
        };
      }
      case Tag.ArrayType:
        return this.array(die);
      case Tag.StructureType:
      case Tag.ClassType:
      case Tag.UnionType:
      case Tag.InterfaceType:
        return this.record(die);
      case Tag.EnumerationType:
        return this.enumeration(die);
      case Tag.SubroutineType:
      case Tag.Subprogram:
        return this.subroutine(die);
      case Tag.PtrToMemberType:
        return this.memberPointer(die);
      case Tag.UnspecifiedType:
        return unknown(die.string(Attribute.Name) ?? "<unspecified>", die.number(Attribute.ByteSize));
      default:
        return unknown(
          this.info.nameOf(die) ?? `<type of kind 0x${die.tag.toString(16)}>`,
          die.number(Attribute.ByteSize),
        );
    }
  }

  private pointer(kind: "pointer" | "reference" | "rvalueReference", die: Die): Type {
    const target = lazy(() => this.typeOf(die));
    return {
      kind,
      byteSize: die.number(Attribute.ByteSize) ?? die.unit.header.addressSize,
      get target() {
        return target();
      },
    };
  }

  private wrapper(kind: "const" | "volatile" | "restrict" | "atomic", die: Die): Type {
    const target = lazy(() => this.typeOf(die));
    return {
      kind,
      get target() {
        return target();
      },
    };
  }

  private array(die: Die): ArrayType {
    const element = lazy(() => this.typeOf(die));
    const dimensions = lazy(() =>
      this.info.warnings.guard("an array's size is missing", [undefined], () => {
        const counts = die.children
          .filter((child) => child.tag === Tag.SubrangeType || child.tag === Tag.EnumerationType)
          .map((child) => this.count(child));
        return counts.length > 0 ? counts : [undefined];
      }),
    );
    return {
      kind: "array",
      get element() {
        return element();
      },
      get dimensions() {
        return dimensions();
      },
    };
  }

  private count(die: Die): number | undefined {
    if (die.tag === Tag.EnumerationType) return die.children.length;
    const count = die.number(Attribute.Count);
    if (count !== undefined) return count;
    const bound = die.get(Attribute.UpperBound);
    let upper = die.integer(Attribute.UpperBound);
    if (upper === undefined) return undefined;
    // The bound of `int a[0]` is -1, written at full width.
    if (bound?.kind === "unsigned" && bound.bits >= 32) upper = BigInt.asIntN(bound.bits, upper);
    const length = upper - (die.integer(Attribute.LowerBound) ?? 0n) + 1n;
    return length < 0n || length > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(length);
  }

  private record(declared: Die): RecordType {
    const die = this.definition(declared);
    const kind = die.tag === Tag.UnionType ? "union" : die.tag === Tag.StructureType ? "struct" : "class";
    const members = lazy(() =>
      this.info.warnings.guard("members of a type are missing", [] as Member[], () => this.members(die)),
    );
    const templateArguments = lazy(() =>
      this.info.warnings.guard("template arguments of a type are missing", [] as TemplateArgument[], () =>
        die.children
          .filter((child) => child.tag === Tag.TemplateTypeParameter)
          .map((child) => ({
            name: child.string(Attribute.Name) ?? "",
            type: child.has(Attribute.Type) ? this.typeOf(child) : undefined,
          })),
      ),
    );
    const variants = lazy(() =>
      this.info.warnings.guard("variants of a type are missing", undefined, () => this.variants(die)),
    );
    return {
      kind,
      name: this.info.nameOf(die) === undefined ? undefined : this.info.qualifiedName(die),
      byteSize: die.number(Attribute.ByteSize),
      get members() {
        return members();
      },
      get templateArguments() {
        return templateArguments();
      },
      get variants() {
        return variants();
      },
    };
  }

  /** A definition for a type that is only declared here, from its type unit or from another unit. */
  private definition(die: Die): Die {
    const signature = die.get(Attribute.Signature);
    if (signature) return this.info.resolve(die.unit, signature) ?? die;
    if (!die.flag(Attribute.Declaration)) return die;
    const name = this.info.qualifiedName(die);
    if (name === undefined) return die;
    const found = this.info
      .named(name)
      .find((entry) => entry.tag === die.tag && !entry.isDeclaration && entry.qualifiedName === name);
    return found ? found.unit.entryAt(found.offset) : die;
  }

  private members(die: Die): Member[] {
    const bases: Member[] = [];
    const members: Member[] = [];
    for (const child of die.children) {
      if (child.tag === Tag.Inheritance) bases.push(this.member(child, true));
      // Static members: DWARF 5 and GCC say DW_TAG_variable, older ones a member that is external.
      else if (child.tag === Tag.Member && !child.has(Attribute.External)) members.push(this.member(child, false));
    }
    return [...bases, ...members];
  }

  private member(die: Die, isBase: boolean): Member {
    const type = lazy(() => this.typeOf(die));
    const place = this.placeOf(die, type);
    return {
      name: isBase ? undefined : die.string(Attribute.Name),
      isBase,
      isArtificial: die.flag(Attribute.Artificial),
      ...place,
      get type() {
        return type();
      },
    };
  }

  private placeOf(die: Die, type: () => Type): Pick<Member, "offset" | "offsetExpression" | "bitOffset" | "bitSize"> {
    const bitSize = die.number(Attribute.BitSize);
    const block = die.block(Attribute.DataMemberLocation);
    let offset: number | undefined = Number(die.integer(Attribute.DataMemberLocation) ?? 0n);
    if (block) {
      offset = constantOffset(block);
      if (offset === undefined)
        return { offset, offsetExpression: expressionOf(this.info, die.unit, block), bitOffset: 0, bitSize };
    }
    const dataBit = die.number(Attribute.DataBitOffset);
    if (dataBit !== undefined)
      return {
        offset: offset + Math.floor(dataBit / 8),
        offsetExpression: undefined,
        bitOffset: bitSize === undefined ? 0 : dataBit % 8,
        bitSize,
      };
    // DWARF 3: counted from the most significant bit of the storage unit.
    const fromTop = die.integer(Attribute.BitOffset);
    if (bitSize !== undefined && fromTop !== undefined) {
      const storage = die.number(Attribute.ByteSize) ?? byteSizeOf(type()) ?? 4;
      const bit = storage * 8 - Number(fromTop) - bitSize;
      return {
        offset: offset + Math.floor(bit / 8),
        offsetExpression: undefined,
        bitOffset: ((bit % 8) + 8) % 8,
        bitSize,
      };
    }
    return { offset, offsetExpression: undefined, bitOffset: 0, bitSize };
  }

  private variants(die: Die): VariantPart | undefined {
    const part = die.children.find((child) => child.tag === Tag.VariantPart);
    if (!part) return undefined;
    const discriminant = this.info.reference(part, Attribute.Discr);
    return {
      discriminant: discriminant && this.member(discriminant, false),
      variants: part.children
        .filter((child) => child.tag === Tag.Variant)
        .map((variant) => ({
          value: variant.integer(Attribute.DiscrValue),
          members: variant.children
            .filter((child) => child.tag === Tag.Member)
            .map((child) => this.member(child, false)),
        })),
    };
  }

  private enumeration(declared: Die): EnumType {
    const die = this.definition(declared);
    const underlying = die.has(Attribute.Type) ? this.typeOf(die) : undefined;
    const base = underlying && stripped(underlying);
    const byteSize = die.number(Attribute.ByteSize) ?? (base && byteSizeOf(base)) ?? 4;
    const constants = die.children.filter((child) => child.tag === Tag.Enumerator);
    // Without an underlying type, a value written as negative tells that the type is signed.
    const isSigned =
      base?.kind === "base"
        ? base.encoding === "signed" || base.encoding === "signedChar"
        : constants.some((child) => (child.integer(Attribute.ConstValue) ?? 0n) < 0n);
    return {
      kind: "enum",
      name: this.info.nameOf(die) === undefined ? undefined : this.info.qualifiedName(die),
      byteSize,
      isSigned,
      isClass: die.flag(Attribute.EnumClass),
      enumerators: constants.map((child) => ({
        name: child.string(Attribute.Name) ?? "?",
        value: BigInt[isSigned ? "asIntN" : "asUintN"](byteSize * 8, child.integer(Attribute.ConstValue) ?? 0n),
      })),
    };
  }

  private subroutine(die: Die): SubroutineType {
    const returnType = lazy(() => this.typeOf(die));
    const parameters = lazy(() =>
      die.children.filter((child) => child.tag === Tag.FormalParameter).map((child) => this.typeOf(child)),
    );
    return {
      kind: "subroutine",
      get returnType() {
        return returnType();
      },
      get parameters() {
        return parameters();
      },
      isVariadic: die.children.some((child) => child.tag === Tag.UnspecifiedParameters),
    };
  }

  private memberPointer(die: Die): Type {
    const target = lazy(() => this.typeOf(die));
    const containing = lazy(() => {
      const entry = this.info.reference(die, Attribute.ContainingType);
      return entry ? this.type(entry) : unknown("?");
    });
    const words = () => (stripped(target()).kind === "subroutine" ? 2 : 1);
    return {
      kind: "memberPointer",
      get byteSize() {
        return die.number(Attribute.ByteSize) ?? words() * die.unit.header.addressSize;
      },
      get target() {
        return target();
      },
      get containing() {
        return containing();
      },
    };
  }
}

/** DWARF 2 and 3 wrote member offsets as an expression: a lone DW_OP_plus_uconst or DW_OP_constu. */
function constantOffset(block: Uint8Array): number | undefined {
  if (block.length < 2 || (block[0] !== 0x23 && block[0] !== 0x10)) return undefined;
  let value = 0;
  for (let i = 1; i < block.length; i++) {
    value += (block[i] & 0x7f) * 2 ** (7 * (i - 1));
    if (block[i] < 0x80) return i === block.length - 1 ? value : undefined;
  }
  return undefined;
}

function lazy<T>(compute: () => T): () => T {
  let state: { value: T } | undefined;
  return () => (state ??= { value: compute() }).value;
}
