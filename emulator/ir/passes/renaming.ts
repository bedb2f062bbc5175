// The Temps that a pass found to be equal to others: uses are renamed as the pass goes forward.
import { mapOperands, mapTerminator } from "../ops.ts";
import type { Op, Temp, Terminator } from "../types.ts";

export class Renaming {
  private readonly names = new Map<Temp, Temp>();

  /** From here on `temp` is called `same`, which is visible wherever `temp` was. */
  rename(temp: Temp, same: Temp): void {
    this.names.set(temp, this.of(same));
  }

  readonly of = (temp: Temp): Temp => this.names.get(temp) ?? temp;

  op(op: Op): Op {
    return this.names.size ? mapOperands(op, this.of) : op;
  }

  terminator(terminator: Terminator): Terminator {
    return this.names.size ? mapTerminator(terminator, this.of) : terminator;
  }
}
