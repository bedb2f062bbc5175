// What a value has inside, as named parts: members, elements, what a pointer points to. Long arrays a page at a time.
import type { Formatter } from "./format.ts";
import { bare, elementType, isPointer, isRecord, isReference, sizeOf, typeName } from "./types.ts";
import { fromBytes, memoryValue, part, Unavailable, type Value, type ValueAccess } from "./value.ts";

export interface Child {
  name: string;
  value: Value;
  /** An expression that means it, when its parent has one. */
  expression: string | undefined;
}

export interface ChildCount {
  named: number;
  /** Elements, to be asked for in pages. */
  indexed: number;
}

/** How many parts a value has; both 0 for a plain value. Never throws. */
export function childCount(value: Value, format: Formatter, access: ValueAccess): ChildCount {
  const type = bare(value.type);
  const none = { named: 0, indexed: 0 };
  try {
    if (isRecord(type)) return { named: format.membersOf(value, type).length, indexed: 0 };
    if (type.kind === "array") return { named: 0, indexed: sizeOf(elementType(type)) ? (type.dimensions[0] ?? 0) : 0 };
    if (isReference(type)) {
      const target = memoryValue(type.target, fromBytes(access.read(value)));
      return isReference(bare(type.target)) ? none : childCount(target, format, access);
    }
    if (isPointer(type)) {
      const target = bare(type.target);
      if (target.kind === "void" || target.kind === "subroutine" || sizeOf(target) === undefined) return none;
      return fromBytes(access.read(value)) === 0n ? none : { named: 1, indexed: 0 };
    }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
  }
  return none;
}

/** The parts of a value; `start` and `count` choose a page of elements. Never throws. */
export function childrenOf(
  value: Value,
  expression: string | undefined,
  format: Formatter,
  access: ValueAccess,
  start = 0,
  count = Number.POSITIVE_INFINITY,
): Child[] {
  const type = bare(value.type);
  const operand = expression === undefined || /^[\w$.:[\]]+$/.test(expression) ? expression : `(${expression})`;
  const joined = (suffix: string) => (operand === undefined ? undefined : operand + suffix);
  try {
    if (isReference(type))
      return childrenOf(
        memoryValue(type.target, fromBytes(access.read(value))),
        expression,
        format,
        access,
        start,
        count,
      );
    if (isPointer(type)) {
      const target = memoryValue(type.target, fromBytes(access.read(value)));
      if (!isRecord(bare(type.target)))
        return [{ name: expression ? `*${expression}` : "*", value: target, expression: operand && `*${operand}` }];
      return recordChildren(target, operand && `${operand}->`, format);
    }
    if (isRecord(type)) return recordChildren(value, joined("."), format);
    if (type.kind === "array") {
      const element = elementType(type);
      const size = sizeOf(element) ?? 0;
      const end = Math.min(type.dimensions[0] ?? 0, start + count);
      const children: Child[] = [];
      for (let i = start; i < end; i++)
        children.push({ name: `[${i}]`, value: part(value, element, i * size), expression: joined(`[${i}]`) });
      return children;
    }
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
  }
  return [];
}

function recordChildren(value: Value, prefix: string | undefined, format: Formatter): Child[] {
  const type = bare(value.type);
  if (!isRecord(type)) return [];
  return format.membersOf(value, type).flatMap((member): Child[] => {
    const child = format.tryMember(value, member);
    const inner = bare(member.type);
    // Members of an anonymous struct or union are used as if they were its owner's.
    if (member.name === undefined && !member.isBase && isRecord(inner)) return recordChildren(child, prefix, format);
    if (member.isBase)
      return [{ name: member.name ?? typeName(member.type), value: child, expression: prefix?.replace(/\.$|->$/, "") }];
    return [{ name: member.name ?? "<unnamed>", value: child, expression: prefix && prefix + (member.name ?? "") }];
  });
}
