// What was spent, by call stack: a tree with a node for each function that was called from the same stack.

export interface FunctionCost {
  readonly function: number;
  readonly self: number;
  /** With what it called; a function that calls itself counts once. */
  readonly total: number;
  readonly calls: number;
}

export class CallTree {
  private size = 1;
  private functions = new Uint32Array(1024);
  private parents = new Uint32Array(1024);
  private calls = new Float64Array(1024);
  private self = new Float64Array(1024);
  /** The child that was entered last. */
  private recent = new Uint32Array(1024);
  private readonly children = new Map<number, number>();
  /** The nodes of the stack, outermost first, down to the maximum depth. */
  private readonly path: number[] = [0];
  private readonly maxDepth: number;
  private last: number;

  /** `maxDepth`: calls below the outermost function; what is deeper counts for the last of them. */
  constructor(maxDepth: number, start: number) {
    this.maxDepth = maxDepth;
    this.last = start;
    this.calls[0] = 1;
  }

  /** From now on the stack is this deep, with this function on top. */
  change(depth: number, fn: number, now: number): void {
    this.spend(now);
    const { path } = this;
    if (depth > this.maxDepth) {
      // Those between are not known when this is the first that is heard of the stack.
      while (path.length <= this.maxDepth) path.push(path[path.length - 1]);
      return;
    }
    const isDeeper = depth >= path.length;
    if (!isDeeper) path.length = depth + 1;
    else while (path.length < depth) path.push(path[path.length - 1]);
    if (!isDeeper && this.functions[path[depth]] === fn) return;
    // A call, or, at the same depth, another function that goes on. The outermost stays as it is.
    if (depth > 0) path[depth] = this.enter(path[depth - 1], fn);
  }

  /** What has been spent up to now is the innermost function's. */
  spend(now: number): void {
    this.self[this.path[this.path.length - 1]] += now - this.last;
    this.last = now;
  }

  /** Every stack, as functions from the outermost: what was spent there, and how often it was entered. */
  *stacks(): Generator<{ stack: number[]; self: number; calls: number }> {
    for (let node = 0; node < this.size; node++) {
      const stack: number[] = [];
      for (let at = node; at !== 0; at = this.parents[at]) stack.push(this.functions[at]);
      stack.push(0);
      yield { stack: stack.reverse(), self: this.self[node], calls: this.calls[node] };
    }
  }

  /** Costs by function, the largest total first. */
  byFunction(): FunctionCost[] {
    const found = new Map<number, { function: number; self: number; total: number; calls: number }>();
    for (const { stack, self, calls } of this.stacks()) {
      for (const fn of new Set(stack)) {
        const cost = found.get(fn) ?? { function: fn, self: 0, total: 0, calls: 0 };
        cost.total += self;
        found.set(fn, cost);
      }
      const own = found.get(stack[stack.length - 1]);
      if (!own) continue;
      own.self += self;
      own.calls += calls;
    }
    return [...found.values()].sort((a, b) => b.total - a.total);
  }

  private enter(parent: number, fn: number): number {
    let node = this.recent[parent];
    if (node === 0 || this.functions[node] !== fn) {
      const key = parent * 0x100_0000 + fn;
      node = this.children.get(key) ?? this.add(parent, fn, key);
      this.recent[parent] = node;
    }
    this.calls[node]++;
    return node;
  }

  private add(parent: number, fn: number, key: number): number {
    const node = this.size++;
    if (node === this.self.length) this.grow();
    this.functions[node] = fn;
    this.parents[node] = parent;
    this.children.set(key, node);
    return node;
  }

  private grow(): void {
    const words = (from: Uint32Array) => {
      const to = new Uint32Array(2 * from.length);
      to.set(from);
      return to;
    };
    const figures = (from: Float64Array) => {
      const to = new Float64Array(2 * from.length);
      to.set(from);
      return to;
    };
    this.functions = words(this.functions);
    this.parents = words(this.parents);
    this.recent = words(this.recent);
    this.calls = figures(this.calls);
    this.self = figures(this.self);
  }
}
