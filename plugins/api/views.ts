// What a plugin shows: data, not drawings. Each view is a function that gives its data when somebody looks: while the
// guest runs a few times a second, at every stop, and at the end; it costs nothing in between. An exception in it
// removes the plugin. What a view gives is copied before the function is called again; it may be kept and changed.
//
// The same data is what leaves the house: `terrarium run --export FORMAT=FILE` and the editor's "Export" write a view
// in the formats of other tools (the table in the documentation lists which kind of view gives which format).

/** A value in a table. `undefined` and `null` are empty cells. Integers of any size are kept exactly. */
export type Cell = bigint | number | string | boolean | null | undefined;

/** A row, by column name. */
export type Row = Readonly<Record<string, Cell>>;

/**
 * How a column is shown. `address`: a link to its source line or disassembly; `integer`: with separators; `number`:
 * with decimals; `percent`: 0 to 100; `text`: as it is.
 */
export type ColumnType = "address" | "integer" | "number" | "percent" | "text";

/** A column of a table. */
export interface Column {
  /** The name that rows have its cells under; its heading. */
  name: string;
  /** How its cells are shown. */
  type: ColumnType;
}

/** How a table is shown. */
export interface TableOptions {
  /**
   * The columns from left to right, with their types; values of a row that are not listed are not shown. Left out:
   * the columns of the first row, their types by its values (a `bigint` called `pc`, `address` or `vaddr` is an
   * address), and nothing is known of an empty table.
   */
  columns?: Readonly<Record<string, ColumnType>>;
}

/** One bar: the longest comes first whatever the order given. */
export interface Bar {
  /** What it is the length of. */
  readonly label: string;
  /** Its length: finite, and not negative. */
  readonly value: bigint | number;
  /** Makes the bar a link to the code. */
  readonly address?: bigint;
}

/** How figures over time are shown. */
export interface SeriesOptions {
  /** What the figures are: `"instructions"`, `"misses"`. */
  unit?: string;
  /** Shows by how much each figure grew per million guest instructions, instead of the figure. Default: false. */
  rate?: boolean;
}

/** A frame of a call stack: a name, an address in a function (the host finds its name), or both. */
export type StackFrame = string | bigint | { readonly name: string; readonly address?: bigint };

/** What was spent with one call stack. Two for the same stack are added. */
export interface StackSample {
  /** From the outermost caller to the function itself. */
  readonly stack: readonly StackFrame[];
  /** What was spent with exactly this stack: not what its callees spent. */
  readonly value: bigint | number;
  /** How often this stack was entered, where that is known. */
  readonly calls?: bigint | number;
}

/** How a flame graph is shown. */
export interface FlameOptions {
  /** What the values are. Default: `"instructions"`. */
  unit?: string;
}

/** What is told of an axis: `address` and `instructions` values are `bigint`s or numbers, `text` values are names. */
export interface Axis {
  /** What its values are. */
  readonly title: string;
  /** How they are shown, and in which order: by size; `text` as they came. */
  readonly type: "address" | "instructions" | "integer" | "text";
}

/** Values over two axes. */
export interface HeatMap {
  /** From left to right. */
  readonly x: Axis;
  /** From top to bottom. */
  readonly y: Axis;
  /** Cells that are not given are empty. Two for the same place are added. */
  readonly cells: Iterable<{
    readonly x: bigint | number | string;
    readonly y: bigint | number | string;
    readonly value: bigint | number;
  }>;
}

/** Something that took place, at one moment or from `start` to `end`. Times are instruction counts. */
export interface TimelineEntry {
  /** Entries of one lane are drawn in one row: `"syscalls"`, `"CPU0"`. */
  readonly lane: string;
  /** When it began: not negative. */
  readonly start: bigint;
  /** When it ended, not before its start. Left out: it is a moment. */
  readonly end?: bigint;
  /** What took place. */
  readonly label: string;
  /** Makes the entry a link to the code. */
  readonly address?: bigint;
}

/** Something that edges lead from and to. */
export interface GraphNode {
  /** By which edges name it. */
  readonly id: bigint | string;
  /** Its name. Left out: the symbol of the address, or the id. */
  readonly label?: string;
  /** Makes it a link to the code. Left out: the id, where that is a `bigint`. */
  readonly address?: bigint;
  /** How important it is: drawn darker. */
  readonly weight?: bigint | number;
}

/** A way from one node to another. Edges between the same nodes are added. */
export interface GraphEdge {
  /** `id` of the node that it leads from; one that `nodes` does not list is made. */
  readonly from: bigint | string;
  /** `id` of the node that it leads to; one that `nodes` does not list is made. */
  readonly to: bigint | string;
  /** How often it was taken. */
  readonly count: bigint | number;
}

/** What leads where. */
export interface Graph {
  /** Nodes that have more to say than their ids, or no edges. */
  readonly nodes?: Iterable<GraphNode>;
  /** In any order. */
  readonly edges: Iterable<GraphEdge>;
}

/** A line of text; `address` makes it a link to the code, `at` is the instruction count at which it was written. */
export type LogLine = string | { readonly text: string; readonly address?: bigint; readonly at?: bigint };

/** A stretch of code that was translated, and how often it ran (0: it never did). */
export interface CoveredBlock {
  /** Address of its first byte. */
  readonly vaddr: bigint;
  /** Bytes. */
  readonly size: number;
  /** How often it ran, from its beginning to its end. */
  readonly executions: bigint | number;
}

/** What was executed in one interval: block numbers, from 1, and the instructions executed in each. */
export type IntervalVector = Iterable<readonly [block: number, instructions: bigint | number]>;

/**
 * The kinds of view. Each method is called once, and its function whenever somebody looks. A title is that of one view of the plugin; a second view with the same title is an error. What is
 * given beyond a kind's bound is not shown, and the view says how much that is. Of an iterable that goes on ten times
 * as far as the bound and is no array, the rest is not looked at; where the last ones are shown it has to end before
 * that. A text is shown up to its 10,000th character. A value that is not what is described here removes the plugin, with
 * a message that names the view and the value.
 */
export interface Views {
  /**
   * Shows a table. Bound: 100,000 rows.
   *
   *     const counts = vm.counters<bigint>("executed");
   *     vm.views.table("Hot blocks", () => counts.top(10).map(([pc, executed]) => ({ pc, executed })));
   */
  table(title: string, rows: () => Iterable<Row>, options?: TableOptions): void;
  /**
   * Shows lengths beside each other. Bound: 1,000 bars, the longest of a million.
   *
   *     const classes = vm.counters<string>("classes");
   *     vm.views.bars("Classes", () => classes.entries().map(([label, value]) => ({ label, value })));
   */
  bars(title: string, bars: () => Iterable<Bar>): void;
  /**
   * Shows figures over time, which is counted in guest instructions. The figures of now are asked for; the host keeps
   * those of before: at most 2,000 moments, of which it then forgets every second one. Bound: 100 figures.
   *
   *     const { data, code } = vm.scoreboard("misses", ["data", "code"]);
   *     vm.views.series("Misses", () => ({ data: data.value, code: code.value }), { unit: "misses", rate: true });
   */
  series(title: string, figures: () => Readonly<Record<string, bigint | number>>, options?: SeriesOptions): void;
  /**
   * Shows where something was spent, by call stack. Bound: 200,000 stacks, 1,000 frames each (what is deeper counts
   * for the last), 500,000 functions in the tree that they make.
   *
   *     vm.views.flame("Instructions", () => [{ stack: ["main", "work"], value: 120n }]);
   */
  flame(title: string, samples: () => Iterable<StackSample>, options?: FlameOptions): void;
  /**
   * Shows values over two axes. Bound: 250,000 cells.
   *
   *     vm.views.heatMap("Pages", () => ({
   *       x: { title: "time", type: "instructions" },
   *       y: { title: "page", type: "address" },
   *       cells: [{ x: 0n, y: 0x10000n, value: 3n }],
   *     }));
   */
  heatMap(title: string, map: () => HeatMap): void;
  /**
   * Shows what took place when. Bound: 100,000 entries, the last.
   *
   *     vm.views.timeline("Calls", () => [{ lane: "syscalls", start: 100n, end: 100n, label: "write" }]);
   */
  timeline(title: string, entries: () => Iterable<TimelineEntry>): void;
  /**
   * Shows what leads where. Bound: 20,000 edges, those with the largest counts of two million; the drawing begins with
   * the largest hundred.
   *
   *     vm.views.graph("Flow", () => ({ edges: [{ from: 0x10100n, to: 0x10200n, count: 12n }] }));
   */
  graph(title: string, graph: () => Graph): void;
  /**
   * Shows lines of text. Bound: 100,000 lines, the last.
   *
   *     const lines: LogLine[] = [];
   *     vm.onSyscall(({ name, pc }) => lines.push({ text: `${name}`, address: pc }));
   *     vm.views.log("Trace", () => lines);
   */
  log(title: string, lines: () => Iterable<LogLine>): void;
  /**
   * Shows which code has run, by function and by source line. Bound: 1,000,000 blocks; those of one address and size
   * are added.
   *
   *     const counts = vm.counters<bigint>("executions");
   *     const sizes = new Map<bigint, number>();
   *     vm.onTranslate((tb) => {
   *       sizes.set(tb.vaddr, tb.size);
   *       tb.inline.add(counts.at(tb.vaddr), 1n);
   *     });
   *     vm.views.coverage("Coverage", () =>
   *       Array.from(sizes, ([vaddr, size]) => ({ vaddr, size, executions: counts.get(vaddr) })),
   *     );
   */
  coverage(title: string, blocks: () => Iterable<CoveredBlock>): void;
  /**
   * Shows how the parts of the run differ: one vector for each interval, in order (SimPoint's basic block vectors).
   * Bound: 100,000 intervals with 100,000 blocks each, and two million figures in all.
   *
   *     const vectors: [block: number, instructions: number][][] = [];
   *     vm.views.intervals("Vectors", () => vectors);
   */
  intervals(title: string, vectors: () => Iterable<IntervalVector>): void;
}
