// A vCPU as plugins see it.
import type { RegisterReference, Vcpu } from "../../plugins/api/index.ts";
import type { MachineLike } from "../machine/api.ts";
import type { RegisterLookup } from "./register-lookup.ts";

export class VcpuHandle implements Vcpu {
  readonly index: number;
  readonly #machine: MachineLike;
  readonly #registers: RegisterLookup;

  constructor(machine: MachineLike, registers: RegisterLookup, index: number) {
    this.#machine = machine;
    this.#registers = registers;
    this.index = index;
  }

  get instructionCount(): bigint {
    return this.#machine.instructionCount();
  }

  register(name: RegisterReference): bigint {
    return this.#machine.readRegister(this.#registers.index(name));
  }

  readMemory(vaddr: bigint, length: number): Uint8Array {
    return this.#machine.memory.read(vaddr, length);
  }
}
