// The guest's registers as a person sees them: groups, names, values as text, and writing them.
import type { RegisterDescriptor, RegisterGroup } from "../../emulator/guest/guest.ts";
import type { Target } from "./target.ts";
import { hex } from "./text.ts";

const titles: Readonly<Record<RegisterGroup, string>> = {
  integer: "Integer",
  float: "Floating point",
  vector: "Vector",
  control: "Control",
};

export class Registers {
  private readonly target: Target;
  private readonly byName = new Map<string, number>();
  /** Position by DWARF number. */
  readonly byDwarf = new Map<number, number>();
  readonly pc: number;
  readonly sp: number;

  constructor(target: Target) {
    this.target = target;
    for (const [index, register] of target.registers.entries()) {
      for (const name of [register.name, ...register.aliases]) this.byName.set(name.toLowerCase(), index);
      if (register.dwarf !== undefined) this.byDwarf.set(register.dwarf, index);
    }
    this.pc = this.withRole("pc");
    this.sp = this.withRole("sp");
  }

  private withRole(role: "pc" | "sp"): number {
    const index = this.target.registers.findIndex((r) => r.roles.includes(role));
    if (index < 0) throw new Error(`guest "${this.target.guestName}" names no register with the role ${role}`);
    return index;
  }

  /** By name or alias, in any case. */
  find(name: string): number | undefined {
    return this.byName.get(name.toLowerCase());
  }

  descriptor(index: number): RegisterDescriptor {
    return this.target.registers[index];
  }

  /** The groups that have visible registers, in the order of their first. */
  groups(): { group: RegisterGroup; title: string; registers: readonly number[] }[] {
    const groups = new Map<RegisterGroup, number[]>();
    for (const [index, register] of this.target.registers.entries()) {
      if (register.hidden) continue;
      const group = groups.get(register.group) ?? [];
      groups.set(register.group, group);
      group.push(index);
    }
    return [...groups].map(([group, registers]) => ({ group, title: titles[group], registers }));
  }
}

/** A register's value: hexadecimal at its width, and as a number or as named fields where it is one. */
export function formatRegister(register: RegisterDescriptor, value: bigint): string {
  const raw = hex(value, register.bits / 4);
  if (register.type === "float") {
    const number = floatingValue(register, value);
    return number === undefined ? raw : `${raw} (${number})`;
  }
  if (register.type === "flags" && register.fields) {
    const set = register.fields.flatMap((field) => {
      const bits = (value >> BigInt(field.low)) & ((1n << BigInt(field.bits)) - 1n);
      if (bits === 0n) return [];
      return field.bits === 1 ? [field.name] : [`${field.name}=${bits}`];
    });
    return set.length === 0 ? raw : `${raw} [${set.join(" ")}]`;
  }
  return raw;
}

/** A float register holds a double, or a single whose high half is all ones. */
function floatingValue(register: RegisterDescriptor, value: bigint): string | undefined {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt.asUintN(64, value), true);
  if (register.bits === 32 || value >> 32n === 0xffffffffn) return formatFloat(view.getFloat32(0, true), 32);
  return register.bits === 64 ? formatFloat(view.getFloat64(0, true), 64) : undefined;
}

/** The shortest text that means this value at its width. */
export function formatFloat(value: number, bits: 32 | 64): string {
  if (Object.is(value, -0)) return "-0";
  if (bits === 64 || !Number.isFinite(value)) return String(value).replace("Infinity", "inf").replace("NaN", "nan");
  for (let digits = 6; digits < 10; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(value);
}

/** The bits to write for text or a number given by a user: an integer, or for float registers a number with a point. */
export function registerBits(register: RegisterDescriptor, value: bigint | number): bigint {
  if (typeof value === "bigint") return BigInt.asUintN(register.bits, value);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value, true);
  return view.getBigUint64(0, true);
}
