// What a plugin shows: data, not drawings.

/** `undefined` and `null` are empty cells. Integers of any size are kept exactly. */
export type Cell = bigint | number | string | boolean | null | undefined;

/** A row, by column name. */
export type Row = Readonly<Record<string, Cell>>;

/**
 * How a column is shown. `address`: a link to its source line or disassembly; `integer`: with separators; `number`:
 * with decimals; `percent`: 0 to 100; `text`: as it is.
 */
export type ColumnType = "address" | "integer" | "number" | "percent" | "text";

export interface Column {
  name: string;
  type: ColumnType;
}

export interface TableOptions {
  /**
   * The columns from left to right, with their types; values of a row that are not listed are not shown. Left out:
   * the columns of the first row, their types by its values (a `bigint` called `pc`, `address` or `vaddr` is an
   * address), and nothing is known of an empty table.
   */
  columns?: Readonly<Record<string, ColumnType>>;
}

export interface Views {
  /**
   * Shows a table. `rows` is called when somebody looks: while the guest runs a few times a second, at every stop,
   * and at the end; it costs nothing in between. An exception in it removes the plugin.
   *
   *     vm.views.table("Hot blocks", () => counts.top(10).map(([pc, executed]) => ({ pc, executed })));
   */
  table(title: string, rows: () => Iterable<Row>, options?: TableOptions): void;
}
