// One access as a memory callback sees it: reads the vCPU's argument slots when asked, and only during the callback.
import type { MemoryAccess } from "../../plugins/api/index.ts";
import type { AccessShape } from "./block-plan.ts";

/** What the handles of one plugin's callbacks read, and which of them is alive. */
export interface AccessSource {
  /** Address and value of the access. */
  readonly args: BigUint64Array;
  readonly pluginName: string;
  /** The handle of the callback that runs now. */
  current: AccessHandle | undefined;
}

export class AccessHandle implements MemoryAccess {
  readonly #source: AccessSource;
  readonly #shape: AccessShape;

  constructor(source: AccessSource, shape: AccessShape) {
    this.#source = source;
    this.#shape = shape;
  }

  get vaddr(): bigint {
    return this.#live().args[0];
  }

  get size(): number {
    this.#live();
    return this.#shape.size;
  }

  get isStore(): boolean {
    this.#live();
    return this.#shape.isStore;
  }

  get isSigned(): boolean {
    this.#live();
    return this.#shape.isSigned;
  }

  get value(): bigint {
    return BigInt.asUintN(8 * this.#shape.size, this.#live().args[1]);
  }

  get signedValue(): bigint {
    return BigInt.asIntN(8 * this.#shape.size, this.#live().args[1]);
  }

  #live(): AccessSource {
    if (this.#source.current !== this)
      throw new Error(
        `the memory access of plugin "${this.#source.pluginName}" was used after its callback had returned: copy what is needed later (const address = access.vaddr)`,
      );
    return this.#source;
  }
}
