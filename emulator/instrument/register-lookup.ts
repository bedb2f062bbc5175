// A guest's registers, found by name, alias or role.
import type { RegisterInfo, RegisterReference } from "../../plugins/api/index.ts";
import type { Guest } from "../guest/guest.ts";
import type { RegisterIndex } from "../ir/types.ts";
import { suggestion } from "./nearest.ts";

class Registers {
  readonly list: readonly RegisterInfo[];
  readonly indices = new Map<string, RegisterIndex>();
  readonly infos = new Map<RegisterIndex, RegisterInfo>();

  constructor(guest: Guest) {
    const visible = guest.registers.flatMap((register, index) => (register.hidden ? [] : [{ register, index }]));
    for (const { register, index } of visible) {
      const { name, aliases, group, bits, type, fields = [], readOnly, roles } = register;
      this.infos.set(
        index,
        deepFreeze({
          name,
          aliases: [...aliases],
          group,
          bits,
          type,
          fields: structuredClone(fields),
          readOnly,
          roles: [...roles],
        }),
      );
      for (const known of [name, ...aliases]) this.indices.set(known, index);
    }
    // A name goes before a role of the same spelling.
    for (const { register, index } of visible)
      for (const role of register.roles) if (!this.indices.has(role)) this.indices.set(role, index);
    this.list = Object.freeze([...this.infos.values()]);
  }
}

export class RegisterLookup {
  private readonly guest: Guest;
  private made: Registers | undefined;

  constructor(guest: Guest) {
    this.guest = guest;
  }

  /** Made when first asked for: most programs run without plugins. */
  private get registers(): Registers {
    this.made ??= new Registers(this.guest);
    return this.made;
  }

  /** The visible registers, in the debugger's order. */
  get list(): readonly RegisterInfo[] {
    return this.registers.list;
  }

  /** @throws Error with the names that it resembles. */
  index(reference: RegisterReference): RegisterIndex {
    const { indices } = this.registers;
    const index = indices.get(String(reference));
    if (index !== undefined) return index;
    throw new Error(
      `${this.guest.name} has no register "${String(reference)}"${suggestion(String(reference), [...indices.keys()])}`,
    );
  }

  /** The index of a register that may be written by a callback. */
  writableIndex(reference: RegisterReference): RegisterIndex {
    const index = this.index(reference);
    if (this.info(reference).readOnly || index === this.guest.file.pc)
      throw new Error(`the register "${String(reference)}" cannot be written`);
    return index;
  }

  info(reference: RegisterReference): RegisterInfo {
    return this.infoOf(this.index(reference));
  }

  /** Of a visible register. */
  infoOf(index: RegisterIndex): RegisterInfo {
    return this.registers.infos.get(index) as RegisterInfo;
  }
}

/** What all plugins share, none of them changes. */
export function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) if (typeof part === "object" && part !== null) deepFreeze(part);
  return Object.freeze(value);
}
