// Guest standard input in a debug session.

/** What the user has typed and the guest has not read yet. */
export class InputQueue {
  private pending = new Uint8Array(0);
  private closed = false;

  add(data: Uint8Array | undefined): void {
    if (data === undefined) this.closed = true;
    else {
      const joined = new Uint8Array(this.pending.length + data.length);
      joined.set(this.pending);
      joined.set(data, this.pending.length);
      this.pending = joined;
    }
  }

  /** Undefined when nothing is there yet; empty at the end. */
  read(max: number): Uint8Array | undefined {
    if (this.pending.length === 0 && !this.closed) return undefined;
    const data = this.pending.slice(0, max);
    this.pending = this.pending.slice(data.length);
    return data;
  }
}
