// A table that can be sorted and filtered, of any number of rows, refreshed in place so that focus, selection and
// scrolling stay.
import {
  type Cell,
  type Column,
  type ColumnType,
  isFigure,
  nextOrder,
  type SortOrder,
  sorted,
  textOf,
} from "./cells.ts";
import { element, icon, setText } from "./dom.ts";
import { VirtualRows } from "./virtual-rows.ts";

export interface GridData {
  columns: readonly Column[];
  rows: readonly (readonly Cell[])[];
}

export interface GridEvents {
  /** A row was clicked, or Enter pressed on it; `column`: the cell that was clicked. */
  chosen(row: readonly Cell[], column: number | undefined): void;
  orderChanged(order: SortOrder | undefined): void;
  /** Says more of a cell, beside its value: for an address where it is. */
  beside(value: Cell, type: ColumnType): { texts: readonly string[]; title: string } | undefined;
  /** Can this row be chosen? */
  isLink(row: readonly Cell[]): boolean;
}

/** Pixels of the row of headings, as in the style sheet. */
const HEAD_HEIGHT = 27;

/** Milliseconds of filtering and sorting that are felt; then that is done again after so many times as long. */
const SLOW = 30;
const PATIENCE = 15;

/** Columns are made wide enough for what is in so many rows, evenly taken. */
const MEASURED_ROWS = 500;
/** A column that needs less of its width than this gets what it needs. */
const SHRINK = 0.7;
/** Characters of a column at most, where it is alone or where figures should stay in sight beside it. */
const MAX_COLUMN = 80;
const MAX_BESIDE_FIGURES = 48;

export class Grid {
  readonly node = element("div", { className: "grid" });
  private readonly table = element("table");
  private readonly above = element("td");
  private readonly body = element("tbody", { className: "rows" });
  private readonly below = element("td");
  private readonly none = element("p", { className: "more" });
  private readonly virtual: VirtualRows;
  private columns = "";
  private widths: number[] = [];
  private data: GridData = { columns: [], rows: [] };
  /** Indexes of the rows to show, in order. */
  private shown: number[] = [];
  private query = "";
  /** Milliseconds that filtering and sorting took, when that was, and of how many rows. */
  private cost = 0;
  private arrangedAt = 0;
  private arrangedRows = 0;
  private late = 0;
  /** Where the keyboard is among them. */
  private active = 0;

  constructor(
    label: string,
    private order: SortOrder | undefined,
    private readonly events: GridEvents,
  ) {
    this.table.setAttribute("aria-label", label);
    this.node.tabIndex = -1;
    this.node.append(this.table, this.none);
    this.virtual = new VirtualRows(this.node, HEAD_HEIGHT, () => this.showRows());
    this.body.addEventListener("click", (event) => this.clicked(event));
    this.node.addEventListener("keydown", (event) => this.keyPressed(event));
  }

  update(data: GridData): void {
    this.data = data;
    const columns = JSON.stringify(data.columns);
    if (columns !== this.columns) {
      this.columns = columns;
      this.widths = [];
      this.body.replaceChildren();
      this.table.replaceChildren(this.head(), space(this.above), this.body, space(this.below));
    }
    this.measure();
    // Putting many rows in order takes time, and they come four times a second: figures are new, the order soon.
    const wait = this.arrangedAt + this.cost * PATIENCE - performance.now();
    const isSlow = this.cost > SLOW && wait > 0 && data.rows.length >= this.arrangedRows;
    clearTimeout(this.late);
    if (isSlow) this.late = setTimeout(() => this.arrange(), wait) as unknown as number;
    if (isSlow) this.showRows();
    else this.arrange();
  }

  filter(query: string): void {
    this.query = query.trim().toLowerCase();
    this.arrange();
    this.node.scrollTop = 0;
  }

  /** Rows that the filter lets through. */
  get count(): number {
    return this.shown.length;
  }

  /** Headings, then rows, as they are shown. */
  texts(): string[][] {
    const { columns, rows } = this.data;
    return [columns.map(({ name }) => name), ...this.shown.map((i) => columns.map((_, c) => String(rows[i][c] ?? "")))];
  }

  private arrange(): void {
    const started = performance.now();
    const { columns, rows } = this.data;
    const indexes: number[] = [];
    for (let i = 0; i < rows.length; i++) if (this.passes(rows[i])) indexes.push(i);
    this.shown = sorted(indexes, rows, columns, this.order);
    this.arrangedRows = rows.length;
    this.arrangedAt = performance.now();
    this.cost = this.arrangedAt - started;
    this.active = Math.max(0, Math.min(this.active, this.shown.length - 1));
    for (const [i, cell] of [...this.table.querySelectorAll("th")].entries()) {
      const direction = this.order?.column === i ? this.order.direction : "none";
      cell.setAttribute("aria-sort", direction);
      const name = { none: "blank", ascending: "chevron-up", descending: "chevron-down" }[direction];
      cell.querySelector(".codicon")!.className = `codicon codicon-${name}`;
    }
    this.table.setAttribute("aria-rowcount", String(1 + this.shown.length));
    this.none.hidden = this.shown.length > 0;
    setText(this.none, rows.length === 0 ? "No rows yet." : "No row matches.");
    this.virtual.count = this.shown.length;
    this.showRows();
  }

  private passes(row: readonly Cell[]): boolean {
    if (this.query === "") return true;
    return this.data.columns.some(({ type }, i) => {
      const value = row[i] ?? "";
      if (String(value).toLowerCase().includes(this.query)) return true;
      if (isFigure(type)) return textOf(value, type).includes(this.query);
      return this.events.beside(value, type)?.texts.some((text) => text.toLowerCase().includes(this.query)) ?? false;
    });
  }

  private head(): HTMLElement {
    const cells = this.data.columns.map((column, i) => {
      const button = element("button", { type: "button", title: `Sort by ${column.name}` }, [column.name]);
      button.append(icon("blank"));
      button.addEventListener("click", () => {
        this.order = nextOrder(this.order, i, column.type);
        this.events.orderChanged(this.order);
        this.arrange();
      });
      return element("th", { scope: "col", className: column.type }, [button]);
    });
    return element("thead", {}, [element("tr", {}, [...cells, element("td", { className: "rest" })])]);
  }

  /**
   * Columns grow with what is in them, and shrink only where they are far too wide: nothing moves while scrolling, and
   * hardly anything at a refresh.
   */
  private measure(): void {
    const { columns, rows } = this.data;
    const step = Math.max(1, Math.floor(rows.length / MEASURED_ROWS));
    const heads = [...this.table.querySelectorAll("th")];
    for (const [c, { type }] of columns.entries()) {
      let width = 0;
      for (let i = 0; i < rows.length; i += step) {
        const value = rows[i][c];
        const beside = this.events.beside(value, type)?.texts.join("  ") ?? "";
        width = Math.max(width, textOf(value, type).length + beside.length);
      }
      width = Math.min(width, this.widest(c));
      const before = this.widths[c] ?? 0;
      if (width > before || width < SHRINK * before) this.widths[c] = width;
      heads[c].style.minWidth = `${this.widths[c]}ch`;
    }
  }

  /** Names of functions can be long, and what is said of them should not be out of sight. */
  private widest(column: number): number {
    const { columns } = this.data;
    const isFigureLater = columns.slice(column + 1).some(({ type }) => isFigure(type));
    return isFigureLater && !isFigure(columns[column].type) ? MAX_BESIDE_FIGURES : MAX_COLUMN;
  }

  private showRows(): void {
    const { columns, rows } = this.data;
    const { first, end, before, after } = this.virtual.window;
    const count = Math.max(0, Math.min(end, this.shown.length) - first);
    this.above.style.height = `${before}px`;
    this.below.style.height = `${Math.max(0, after)}px`;
    const hadFocus = this.body.contains(document.activeElement);
    while (this.body.rows.length > count) this.body.deleteRow(-1);
    for (let i = 0; i < count; i++) {
      const row = this.body.rows[i] ?? this.body.appendChild(this.emptyRow());
      const at = first + i;
      row.dataset.at = String(at);
      row.setAttribute("aria-rowindex", String(at + 2));
      row.tabIndex = at === this.active ? 0 : -1;
      this.fillRow(row, columns, rows[this.shown[at]]);
    }
    // Rows are used again for others as they scroll: the keyboard stays with its row, or waits for it.
    if (hadFocus || document.activeElement === this.node) {
      const row = this.body.rows[this.active - first];
      if (row !== document.activeElement) (row ?? this.node).focus({ preventScroll: true });
    }
  }

  private emptyRow(): HTMLTableRowElement {
    const row = element("tr");
    for (const { type } of this.data.columns) {
      const cell = element("td", { className: type }, [element("span", { className: "value" })]);
      if (type === "percent")
        cell.prepend(element("span", { className: "track" }, [element("span", { className: "bar" })]));
      cell.append(" ", element("span", { className: "symbol" }), " ", element("span", { className: "line" }));
      cell.classList.toggle("figure", isFigure(type));
      cell.style.maxWidth = `${this.widest(row.cells.length)}ch`;
      row.append(cell);
    }
    row.append(element("td", { className: "rest" }));
    return row;
  }

  private fillRow(row: HTMLTableRowElement, columns: readonly Column[], values: readonly Cell[]): void {
    row.classList.toggle("link", this.events.isLink(values));
    for (const [i, { type }] of columns.entries()) {
      const cell = row.cells[i];
      const value = values[i];
      setText(cell.querySelector<HTMLElement>(".value")!, textOf(value, type));
      const beside = this.events.beside(value, type);
      setText(cell.querySelector<HTMLElement>(".symbol")!, beside?.texts[0] ?? "");
      setText(cell.querySelector<HTMLElement>(".line")!, beside?.texts[1] ?? "");
      cell.title = beside?.title ?? (isFigure(type) ? "" : String(value ?? ""));
      if (type === "percent") {
        const share = Math.max(0, Math.min(100, Number(value) || 0));
        cell.querySelector<HTMLElement>(".bar")!.style.width = `${share}%`;
      }
    }
  }

  private clicked(event: MouseEvent): void {
    if (getSelection()?.isCollapsed === false) return; // text is being selected, for copying
    const target = event.target as HTMLElement;
    const row = target.closest("tr");
    if (!row) return;
    this.activate(Number(row.dataset.at));
    this.events.chosen(this.data.rows[this.shown[this.active]], target.closest("td")?.cellIndex);
  }

  private keyPressed(event: KeyboardEvent): void {
    if ((event.target as HTMLElement).closest("thead")) return;
    const { active, shown } = this;
    const page = this.virtual.page;
    const steps: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: shown.length - 1,
    };
    const next = steps[event.key];
    if (next !== undefined) {
      this.activate(Math.max(0, Math.min(shown.length - 1, next)));
      this.virtual.reveal(this.active);
      this.node.focus({ preventScroll: true });
      this.showRows();
    } else if (event.key === "Enter" && shown.length > 0) {
      this.events.chosen(this.data.rows[shown[active]], undefined);
    } else {
      return;
    }
    event.preventDefault();
  }

  private activate(at: number): void {
    this.active = at;
    for (const row of this.body.rows) row.tabIndex = Number(row.dataset.at) === at ? 0 : -1;
  }
}

/** Stands for the rows that do not exist. */
const space = (cell: HTMLTableCellElement) => {
  const body = element("tbody", {}, [element("tr", {}, [cell])]);
  body.setAttribute("aria-hidden", "true");
  return body;
};
