// Expressions as entries hold them, with what their operators may ask of the unit.
import type { Expression } from "./api.ts";
import type { DebugInfo } from "./debug-info.ts";
import { Attribute, Tag } from "./dwarf-constants.ts";
import { encodingOf } from "./type-facts.ts";
import type { Unit } from "./unit.ts";

/** Wraps expression bytes of a unit. */
export function expressionOf(info: DebugInfo, unit: Unit, bytes: Uint8Array): Expression {
  return {
    bytes,
    addressSize: unit.header.addressSize,
    addressAt: (index) => unit.addressAt(index),
    baseTypeAt: (offset) => {
      const die = unit.entryAt(unit.header.offset + offset);
      if (die.tag !== Tag.BaseType) return undefined;
      return { byteSize: die.number(Attribute.ByteSize) ?? 0, encoding: encodingOf(die.number(Attribute.Encoding)) };
    },
    expressionAt: (offset, relative) => {
      const die = info.resolve(unit, relative ? { kind: "unitReference", offset } : { kind: "reference", offset });
      const block = die?.block(Attribute.Location);
      return die && block ? expressionOf(info, die.unit, block) : undefined;
    },
  };
}

/** Wraps expression bytes that belong to no unit: call frame information. */
export function bareExpression(bytes: Uint8Array, addressSize: number): Expression {
  return { bytes, addressSize, addressAt: undefined, baseTypeAt: undefined, expressionAt: undefined };
}

/** DWARF number of the register that is all the expression says; undefined for other expressions. */
export function loneRegister({ bytes }: Pick<Expression, "bytes">): number | undefined {
  const [code, operand] = bytes;
  if (bytes.length === 1 && code >= 0x50 && code <= 0x6f) return code - 0x50;
  if (bytes.length === 2 && code === 0x90 && operand < 0x80) return operand;
  return undefined;
}
