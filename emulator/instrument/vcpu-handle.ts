// A vCPU as plugins see it.
import type { RegisterReference, Vcpu } from "../../plugins/api/index.ts";
import type { MachineLike } from "../machine/api.ts";
import { CALLED_BY_GUEST, Control } from "../machine/layout.ts";
import type { RegisterLookup } from "./register-lookup.ts";

/** What may be asked of the guest's state now. */
export interface Moment {
  /** Records are being delivered, from the middle of guest code: registers are not at their homes. */
  delivering: boolean;
}

export class VcpuHandle implements Vcpu {
  readonly index: number;
  readonly #machine: MachineLike;
  readonly #registers: RegisterLookup;
  readonly #moment: Moment;
  readonly #control: Int32Array;

  constructor(machine: MachineLike, registers: RegisterLookup, index: number, moment: Moment) {
    this.#machine = machine;
    this.#registers = registers;
    this.#moment = moment;
    this.#control = new Int32Array(machine.memory.wasm.buffer, 0, 16);
    this.index = index;
  }

  get instructionCount(): bigint {
    this.#checkKnown("the instruction count");
    return this.#machine.instructionCount();
  }

  register(name: RegisterReference): bigint {
    this.#checkKnown("a register");
    return this.#machine.readRegister(this.#registers.index(name));
  }

  setRegister(name: RegisterReference, value: bigint): void {
    const index = this.#registers.writableIndex(name);
    if (this.#moment.delivering || this.#control[Control.plugin / 4] & CALLED_BY_GUEST)
      throw new Error(
        `setRegister("${name}") in a callback of guest code: return the new value from the callback, whose \`writes\` names the register`,
      );
    if (typeof value !== "bigint") throw new TypeError(`the new value of "${name}" must be a bigint`);
    this.#machine.writeRegister(index, value);
  }

  #checkKnown(what: string): void {
    if (this.#moment.delivering)
      throw new Error(`${what} was asked for while records are delivered: record it instead`);
  }
}
